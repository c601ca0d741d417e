// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lock;

import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;

/** Ten customers of a bank, again and again, and an auditor who looks at all accounts. */
public final class OrderedTransfers implements Example {
  private static final int REPETITIONS = 200;
  private static final int TRANSFERS = 2_000;

  private static final String ALICE = "ACC001";
  private static final String BOB = "ACC002";
  private static final String CHARLIE = "ACC003";
  private static final String DAVID = "ACC004";

  private static final Map<String, Long> OPENING =
      Map.of(ALICE, 1000L, BOB, 1500L, CHARLIE, 2000L, DAVID, 800L);
  private static final Map<String, Long> CLOSING =
      Map.of(ALICE, 1350L, BOB, 2000L, CHARLIE, 1500L, DAVID, 1650L);
  private static final long TOTAL = 6500;

  /** Made by the tour. */
  public OrderedTransfers() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new OrderedTransfers());
  }

  @Override
  public String shows() {
    return "A bank whose transfers lock two accounts each, in every direction at once. Acquired"
        + " together, the locks are taken in one order, and no thread waits in a circle.";
  }

  @Override
  public List<Class<?>> sources() {
    return List.of(Bank.class, getClass());
  }

  @Override
  public String run(PrintStream out) throws Exception {
    Bank bank = new Bank(OPENING);
    for (int i = 0; i < REPETITIONS; i++) {
      bank = new Bank(OPENING);
      businessDay(bank);
      Expect.equal("balances", CLOSING, bank.balances());
      Expect.equal("total", TOTAL, total(bank));
    }
    out.println(bank.balances());
    audit(bank, out);
    refused(bank, out);
    Expect.equal("locks in use", 0L, bank.locksInUse());
    return "total 6500, always: after each of %d days, and whenever the auditor looked"
        .formatted(REPETITIONS);
  }

  /** Whatever the order, each of these succeeds. */
  private static void businessDay(Bank bank) throws InterruptedException {
    List<Crew.Task> customers =
        List.of(
            () -> bank.deposit(ALICE, 500),
            () -> bank.withdraw(BOB, 200),
            () -> bank.withdraw(CHARLIE, 300),
            () -> bank.deposit(DAVID, 1000),
            () -> bank.transfer(ALICE, BOB, 200),
            () -> bank.transfer(BOB, CHARLIE, 300),
            () -> bank.withdraw(CHARLIE, 500),
            () -> bank.transfer(DAVID, ALICE, 150),
            () -> bank.withdraw(ALICE, 100),
            () -> bank.deposit(BOB, 800));
    CyclicBarrier opening = new CyclicBarrier(customers.size());
    try (Crew crew = new Crew()) {
      for (Crew.Task customer : customers) {
        crew.virtual(
            "customer",
            () -> {
              opening.await();
              customer.run();
            });
      }
      crew.join();
    }
  }

  /** Two threads move money to and fro; whoever looks at all accounts at once misses none. */
  private static void audit(Bank bank, PrintStream out) throws InterruptedException {
    AtomicBoolean over = new AtomicBoolean();
    try (Crew crew = new Crew()) {
      Thread there = crew.platform("there", () -> move(bank, ALICE, DAVID));
      Thread back = crew.virtual("back", () -> move(bank, DAVID, ALICE));
      crew.platform(
          "auditor",
          () -> {
            do {
              Expect.equal("total, seen by the auditor", TOTAL, total(bank));
            } while (!over.get());
          });
      there.join();
      back.join();
      over.set(true);
      crew.join();
    }
    out.printf("%d transfers there and back, audited%n", 2 * TRANSFERS);
  }

  private static void move(Bank bank, String from, String to) throws Exception {
    for (int i = 0; i < TRANSFERS; i++) {
      try {
        bank.transfer(from, to, 1 + i % 100);
      } catch (Bank.InsufficientFundsException e) {
        Expect.contains("which is less than", e.getMessage()); // the other one is slower
      }
    }
  }

  private static void refused(Bank bank, PrintStream out) throws Exception {
    Map<String, Long> before = bank.balances();
    out.println(
        Expect.thrown(
                Bank.InsufficientFundsException.class,
                () -> {
                  bank.transfer(CHARLIE, BOB, 1_000_000);
                  return "transferred";
                })
            .getMessage());
    bank.transfer(BOB, BOB, 1); // to itself: two names for one lock
    Expect.equal("balances", before, bank.balances());
  }

  private static long total(Bank bank) {
    return bank.balances().values().stream().mapToLong(Long::longValue).sum();
  }
}
