// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.diagnose;

import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.diagnose.Diagnosis;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.lock.BiasedReadWriteLock;
import dev.interleave.lock.WatchedLock;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import javax.management.ObjectName;

/** A program in which three threads wait, two of them for ever. */
public final class WhyIsItStuck implements Example {
  private final WatchedLock orders = named("orders");
  private final WatchedLock stock = named("stock");
  private final BiasedReadWriteLock prices = BiasedReadWriteLock.builder().name("prices").build();

  /** Made by the tour. */
  public WhyIsItStuck() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new WhyIsItStuck());
  }

  @Override
  public String shows() {
    return "Who waits for what, held by whom: a report of everything that is blocked, as text, as"
        + " JSON, as a graph, and to any tool that speaks JMX. The detector only reports here, so a"
        + " deadlock of a platform and a virtual thread stays, which the JVM itself does not see.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    CountDownLatch reading = new CountDownLatch(2);
    CountDownLatch leave = new CountDownLatch(1);
    CountDownLatch bothHoldOne = new CountDownLatch(2);
    try (DeadlockDetector detector = reporting();
        Crew crew = new Crew()) {
      for (String name : new String[] {"report-1", "report-2"}) {
        crew.virtual(name, () -> read(reading, leave));
      }
      reading.await();
      crew.platform("editor", () -> prices.write().close());
      Thread clerk = crew.platform("clerk", () -> stuck(orders, stock, bothHoldOne));
      Thread delivery = crew.virtual("delivery", () -> stuck(stock, orders, bothHoldOne));
      Expect.soon("two are deadlocked", () -> detector.scan().size() == 1);
      Expect.soon("both are parked", () -> isParked(clerk) && isParked(delivery));
      Expect.soon("three wait", () -> Diagnosis.report().blocked().size() == 3);

      tell(Diagnosis.report(), out);
      delivery.interrupt(); // it gives up, and the clerk goes on
      leave.countDown();
      crew.join();
    }
    Expect.equal("blocked", 0, Diagnosis.report().blocked().size());
    return "3 blocked, 2 of them deadlocked, and the JVM sees none of it";
  }

  private static void tell(Diagnosis.Report report, PrintStream out) throws Exception {
    out.println(report.text());
    out.println(report.mermaid());
    Expect.contains("\"deadlocks\"", report.json());
    Expect.equal("deadlocks", 1, report.deadlocks().size());
    Expect.equal("deadlocked threads", 2, report.deadlocks().getFirst().threads().size());
    Expect.equal(
        "deadlocks found by the JVM",
        null,
        ManagementFactory.getThreadMXBean().findDeadlockedThreads());

    Object byJmx =
        ManagementFactory.getPlatformMBeanServer()
            .getAttribute(new ObjectName(Diagnosis.OBJECT_NAME), "BlockedCount");
    Expect.equal("blocked, asked through JMX", 3, byJmx);
  }

  private static DeadlockDetector reporting() {
    return DeadlockDetector.builder()
        .onDeadlock(DeadlockDetector.OnDeadlock.REPORT)
        .period(Duration.ZERO)
        .build();
  }

  private static WatchedLock named(String name) {
    return WatchedLock.builder().name(name).build(); // every detector watches it
  }

  private static boolean isParked(Thread thread) {
    return thread.getState() == Thread.State.WAITING;
  }

  private void read(CountDownLatch reading, CountDownLatch leave) throws InterruptedException {
    try (var g = prices.read()) {
      reading.countDown();
      leave.await();
    }
  }

  private static void stuck(WatchedLock first, WatchedLock second, CountDownLatch bothHoldOne)
      throws InterruptedException {
    first.lock();
    try {
      bothHoldOne.countDown();
      bothHoldOne.await();
      second.lockInterruptibly();
      second.unlock();
    } catch (InterruptedException e) {
      Expect.equal("waits", 0, second.holdCount()); // told to give up
    } finally {
      first.unlock();
    }
  }
}
