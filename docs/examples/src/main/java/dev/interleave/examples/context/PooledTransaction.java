// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.context;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.interleave.context.Context;
import dev.interleave.context.ContextUnsetException;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A transaction that is context, on a connection of HikariCP to an H2 in memory. */
public final class PooledTransaction implements Example {
  private static final int CONNECTIONS = 2;

  /** Made by the tour. */
  public PooledTransaction() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new PooledTransaction());
  }

  @Override
  public String shows() {
    return "Statements join the transaction that is current: one connection, one commit, all undone"
        + " by a failure; and a task on another thread is not in it.";
  }

  @Override
  public List<Class<?>> sources() {
    return List.of(getClass(), Transactions.class);
  }

  private static HikariDataSource pool() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:h2:mem:orders");
    config.setMaximumPoolSize(CONNECTIONS);
    config.setConnectionTimeout(250); // the least it takes
    config.setPoolName("orders");
    return new HikariDataSource(config);
  }

  @Override
  public String run(PrintStream out) throws Exception {
    try (HikariDataSource pool = pool()) {
      Transactions transactions = new Transactions(pool);
      transactions.required(c -> execute(c, "create table orders (id int primary key)"));

      boolean same =
          transactions.required(outer -> {
            insert(outer, 123);
            return transactions.required(inner -> {
              insert(inner, 124);
              return session(inner) == session(outer);
            });
          });
      Expect.that("the inner one has joined", same);
      Expect.equal("orders", 2, count(transactions));

      Expect.thrown(
          IllegalStateException.class,
          () ->
              transactions.required(c -> {
                insert(c, 125);
                transactions.requiresNew(own -> insert(own, 126));
                throw new IllegalStateException("expected");
              }));
      Expect.equal("orders: the one on its own is kept", 3, count(transactions));

      Expect.thrown(ContextUnsetException.class, () -> transactions.mandatory(c -> 0));
      notInATask(transactions);
      exhausted(out, transactions);
      Expect.equal("in use at the end", 0, pool.getHikariPoolMXBean().getActiveConnections());
      out.println("orders: " + count(transactions));
    }
    return "3 orders: two of one commit, one of its own; the one of the failed transaction is"
        + " undone";
  }

  /** A connection is of no use to two threads at a time: a task does not even see it. */
  private static void notInATask(Transactions transactions) throws Exception {
    try (ExecutorService executor = Context.propagating(Executors.newSingleThreadExecutor())) {
      Future<Integer> task =
          transactions.required(c -> executor.submit(() -> transactions.mandatory(own -> 0)));
      ExecutionException failed = Expect.thrown(ExecutionException.class, task::get);
      Expect.contains("transaction is not set", String.valueOf(failed.getMessage()));
    }
  }

  /** With all connections in use the next one is waited for, not for ever. */
  private static void exhausted(PrintStream out, Transactions transactions) throws Exception {
    SQLException none =
        transactions.required(first ->
            transactions.requiresNew(second ->
                Expect.thrown(
                    SQLTransientConnectionException.class,
                    () -> transactions.requiresNew(third -> 0))));
    out.println(String.valueOf(none.getMessage()).replaceAll(" after.*", ""));
  }

  private static int execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  private static int insert(Connection connection, int id) throws SQLException {
    return execute(connection, "insert into orders values (" + id + ")");
  }

  private static int session(Connection connection) throws SQLException {
    return number(connection, "select session_id()");
  }

  private static int count(Transactions transactions) throws Exception {
    return transactions.required(c -> number(c, "select count(*) from orders"));
  }

  private static int number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      Expect.that("a row", result.next());
      return result.getInt(1);
    }
  }
}
