// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lock;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.lock.BiasedReadWriteLock;
import dev.interleave.lock.LockHolder;
import dev.interleave.lock.LockTimeoutException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/** A lock that says who is in the way, whoever that is. */
public final class WhoHoldsIt implements Example {
  private static final Duration SHORT = Duration.ofMillis(20);

  private final BiasedReadWriteLock lock = BiasedReadWriteLock.builder().name("catalog").build();

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new WhoHoldsIt());
  }

  @Override
  public String shows() {
    return "Who holds the lock, when a timed acquisition fails: the writer, each reader, virtual"
        + " threads, and a reader that ended without unlocking.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    writerInTheWay(out);
    readersInTheWay(out);
    return "named: the writer, then 3 readers, one of them virtual and one that had ended";
  }

  private void writerInTheWay(PrintStream out) throws Exception {
    CountDownLatch in = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    try (Crew crew = new Crew()) {
      crew.platform("importer", () -> hold(lock.write(), in, leave));
      in.await();
      LockTimeoutException e =
          Expect.thrown(LockTimeoutException.class, () -> lock.read(Deadline.after(SHORT)));
      out.println(e.getMessage());
      Expect.equal("in the way", Set.of("importer"), names(e.holders()));
      Expect.equal("how", LockHolder.Mode.WRITE, e.holders().get(0).mode());
      leave.countDown();
      crew.join();
    }
  }

  private void readersInTheWay(PrintStream out) throws Exception {
    CountDownLatch in = new CountDownLatch(2);
    CountDownLatch leave = new CountDownLatch(1);
    try (Crew crew = new Crew()) {
      crew.platform(
          "report",
          () -> {
            try (var outer = lock.read()) {
              hold(lock.read(), in, leave); // a second time
            }
          });
      crew.virtual("request-42", () -> hold(lock.read(), in, leave));
      Thread batch = crew.platform("batch-3", () -> lock.readLock().lock()); // no unlock: a bug
      in.await();
      batch.join();

      LockTimeoutException e =
          Expect.thrown(LockTimeoutException.class, () -> lock.write(Deadline.after(SHORT)));
      out.println(e.getMessage());
      Expect.equal("in the way", Set.of("report", "request-42", "batch-3"), names(e.holders()));
      for (LockHolder holder : e.holders()) {
        Expect.equal("virtual", holder.threadName().equals("request-42"), holder.virtual());
        Expect.equal("dead", holder.threadName().equals("batch-3"), holder.isDead());
        Expect.equal("holds", holder.threadName().equals("report") ? 2L : 1L, holder.holds());
      }

      leave.countDown();
      waiter(out);
      crew.join();
    }
  }

  /** What batch-3 took nobody gives back; so this writer waits until it is told not to. */
  private void waiter(PrintStream out) throws Exception {
    try (Crew crew = new Crew()) {
      Thread writer =
          crew.platform(
              "editor",
              () -> Expect.thrown(InterruptedException.class, () -> lock.write(Deadline.none())));
      Expect.soon("the editor waits", () -> lock.stats().waitingWriters() == 1);
      Expect.soon("only batch-3 is left", () -> lock.holders().size() == 1);
      out.println(lock);
      out.printf("%d writer waits%n", lock.stats().waitingWriters());
      Expect.equal("still in the way", Set.of("batch-3"), names(lock.holders()));
      writer.interrupt();
      crew.join();
    }
    Expect.equal("waiting", 0, lock.stats().waitingWriters());
    Expect.equal("timeouts", 2L, lock.stats().timeouts());
    Expect.equal("interrupts", 1L, lock.stats().interrupts());
  }

  private static void hold(Guard taken, CountDownLatch in, CountDownLatch leave)
      throws InterruptedException {
    try (taken) {
      in.countDown();
      leave.await();
    }
  }

  private static Set<String> names(List<LockHolder> holders) {
    return holders.stream().map(LockHolder::threadName).collect(Collectors.toSet());
  }
}
