// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.rpc;

import dev.interleave.Deadline;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.ipc.channel.SharedCounter;
import dev.interleave.ipc.channel.SharedList;
import dev.interleave.ipc.channel.SharedMap;
import dev.interleave.ipc.channel.SharedObjects;
import dev.interleave.ipc.channel.SharedObjectsHost;
import dev.interleave.ipc.channel.SharedTransaction;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** Accounts that live at a host, and tellers that have nothing but a connection to it. */
public final class ManagerBank implements Example {
  private static final int TELLERS = 4;
  private static final int OPERATIONS = 10;
  private static final String ZHANG = "Zhang San";
  private static final String LI = "Li Si";

  /** Made by the tour. */
  public ManagerBank() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new ManagerBank());
  }

  @Override
  public String shows() {
    return "Four tellers, each with nothing but a socket to the host of two accounts, change them:"
        + " what belongs together is done as a whole or not at all, without a lock, and no money is"
        + " lost.";
  }

  @Override
  public List<Class<?>> sources() {
    return List.of(getClass(), Over.class, Place.class);
  }

  /** What a teller sees of the bank. */
  private record Bank(
      SharedObjects objects,
      SharedMap<String, Long> accounts,
      SharedList<String> book,
      SharedCounter paidIn,
      SharedCounter paidOut,
      SharedCounter refused) {
    static Bank of(SharedObjects objects) {
      return new Bank(
          objects,
          objects.map("accounts", String.class, Long.class),
          objects.list("book", String.class),
          objects.counter("paid in"),
          objects.counter("paid out"),
          objects.counter("refused"));
    }

    void deposit(String to, long amount) {
      atomically(tx -> {
        tx.put(accounts, to, tx.require(accounts, to) + amount);
        tx.add(paidIn, amount);
        tx.add(book, "deposit " + amount + " to " + to);
      });
    }

    void withdraw(String from, long amount) {
      atomically(tx -> {
        if (taken(tx, from, amount)) {
          tx.add(paidOut, amount);
          tx.add(book, "withdraw " + amount + " from " + from);
        }
      });
    }

    void transfer(String from, String to, long amount) {
      atomically(tx -> {
        if (taken(tx, from, amount)) {
          tx.put(accounts, to, tx.require(accounts, to) + amount);
          tx.add(book, "transfer " + amount + " from " + from + " to " + to);
        }
      });
    }

    /** False, and counted as refused, if there is too little. */
    private boolean taken(SharedTransaction tx, String from, long amount) {
      long balance = tx.require(accounts, from);
      if (balance < amount) {
        tx.add(refused, 1);
        tx.add(book, "refused " + amount + " from " + from);
        return false;
      }
      tx.put(accounts, from, balance - amount);
      return true;
    }

    private void atomically(Consumer<SharedTransaction> what) {
      boolean unused =
          objects.atomically(
              Deadline.after(Duration.ofSeconds(30)),
              tx -> {
                what.accept(tx);
                return true;
              });
    }

    /** All accounts at one moment. */
    long total() {
      return accounts.snapshot().values().stream().mapToLong(Long::longValue).sum();
    }
  }

  @Override
  public String run(PrintStream out) throws Exception {
    try (Place place = new Place();
        SharedObjectsHost host = SharedObjectsHost.start(Over.UNIX_SOCKET.at(place));
        SharedObjects objects = SharedObjects.connect(host.transport());
        Crew crew = new Crew()) {
      Bank bank = Bank.of(objects);
      bank.accounts.put(ZHANG, 10_000L);
      bank.accounts.put(LI, 5_000L);
      for (int i = 1; i <= TELLERS; i++) {
        int teller = i;
        crew.platform("teller-" + i, () -> work(host, teller));
      }
      crew.join();
      Map<String, Long> balances = bank.accounts.snapshot();
      out.println(
          "balances: " + ZHANG + ' ' + balances.get(ZHANG) + ", " + LI + ' ' + balances.get(LI));
      List<String> book = bank.book.snapshot();
      book.subList(book.size() - 5, book.size()).forEach(out::println);
      out.println(host.stats().conflicts() + " times somebody had to begin anew");
      Expect.equal("the money", 15_000 + bank.paidIn.get() - bank.paidOut.get(), bank.total());
      Expect.equal("in the book", TELLERS * OPERATIONS, book.size());
      long refused = book.stream().filter(line -> line.startsWith("refused")).count();
      Expect.equal("refused", refused, bank.refused.get());
      tooMuch(bank);
    }
    return "40 operations of 4 tellers: every coin accounted for, and 1 refused changed nothing";
  }

  private static void work(SharedObjectsHost host, int teller) throws Exception {
    try (SharedObjects objects = SharedObjects.connect(host.transport())) {
      Bank bank = Bank.of(objects);
      Random random = new Random(teller);
      for (int i = 0; i < OPERATIONS; i++) {
        String account = random.nextBoolean() ? ZHANG : LI;
        switch (random.nextInt(3)) {
          case 0 -> bank.deposit(account, 100 + random.nextInt(901));
          case 1 -> bank.withdraw(account, 50 + random.nextInt(451));
          default -> bank.transfer(ZHANG, LI, 100 + random.nextInt(401));
        }
      }
    }
  }

  private static void tooMuch(Bank bank) {
    long total = bank.total();
    long refused = bank.refused.get();
    bank.transfer(ZHANG, LI, 1_000_000);
    Expect.equal("refused", refused + 1, bank.refused.get());
    Expect.equal("the money", total, bank.total());
  }
}
