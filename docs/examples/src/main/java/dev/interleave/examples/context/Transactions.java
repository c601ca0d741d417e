// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.context;

import dev.interleave.context.Context;
import dev.interleave.context.ContextLocal;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Transactions that all statements within join, because the connection is context: bound to the
 * call and to its thread, and not handed to tasks.
 */
final class Transactions {
  private static final ContextLocal<Connection> CONNECTION =
      ContextLocal.<Connection>builder("transaction").notPropagated().build();

  private final DataSource pool;

  Transactions(DataSource pool) {
    this.pool = pool;
  }

  /** What is done in a transaction. */
  interface Work<T> {
    T run(Connection connection) throws Exception;
  }

  /** In the transaction that is current, or else in one of its own. */
  <T> T required(Work<T> work) throws Exception {
    return CONNECTION.isSet() ? work.run(CONNECTION.get()) : requiresNew(work);
  }

  /** In one of its own, whatever is current. */
  <T> T requiresNew(Work<T> work) throws Exception {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      T result;
      try {
        result = Context.current().with(CONNECTION, connection).call(() -> work.run(connection));
      } catch (Throwable e) { // whatever it is, nothing of it stays
        rollback(connection, e);
        throw e;
      }
      connection.commit();
      return result;
    }
  }

  /** Only within one. */
  <T> T mandatory(Work<T> work) throws Exception {
    return work.run(CONNECTION.get()); // says what is missing
  }

  private static void rollback(Connection connection, Throwable why) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      why.addSuppressed(e);
    }
  }
}
