// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

import dev.interleave.bench.Programs;
import dev.interleave.lock.BiasedReadWriteLock;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * What a lock keeps of each of {@value #THREADS} virtual threads that have read once: while they
 * are alive, parked and without a hold, and after they have ended. What the same threads cost when
 * they do not read is taken away from it.
 *
 * <p>They read among themselves, or while another thread holds the read lock all the time; of the
 * latter the JDK's lock keeps more.
 */
@SuppressWarnings("ReachabilityFenceUsage") // the lock is measured only if it is reached at the end
public final class RetainedHeap {
  static final int THREADS = 100_000;

  private static final int ROUNDS = 3;

  private final LockKind kind;

  private RetainedHeap(LockKind kind) {
    this.kind = kind;
  }

  /**
   * Without it a collection leaves up to five in a hundred dead objects where they are, and counts
   * them.
   */
  static final String EXACT = "-XX:MarkSweepDeadRatio=0";

  /**
   * Prints the figures of one lock.
   *
   * @param args the {@link LockKind}: {@code BIASED} or {@code RRWL}
   */
  public static void main(String[] args) throws InterruptedException {
    Programs.report(new RetainedHeap(LockKind.valueOf(args[0])).run());
  }

  /** What the threads do before they park. */
  private enum Deed {
    NOTHING,
    READ,
    READ_BESIDE_A_HOLDER
  }

  /** Bytes per thread, above what was used before there were threads. */
  private record Bytes(double alive, double ended) {}

  private Map<String, Double> run() throws InterruptedException {
    Map<String, List<Double>> rounds = new LinkedHashMap<>();
    for (int round = -1; round < ROUNDS; round++) { // the first to warm up
      Bytes nothing = measure(Deed.NOTHING);
      Bytes read = measure(Deed.READ);
      Bytes beside = measure(Deed.READ_BESIDE_A_HOLDER);
      if (round >= 0) {
        add(rounds, "aliveBytes", read.alive() - nothing.alive());
        add(rounds, "endedBytes", read.ended() - nothing.ended());
        add(rounds, beside("aliveBytes"), beside.alive() - nothing.alive());
        add(rounds, beside("endedBytes"), beside.ended() - nothing.ended());
      }
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    rounds.forEach(
        (name, values) -> medians.put(name, values.stream().sorted().toList().get(ROUNDS / 2)));
    return medians;
  }

  /** The name of the same figure for threads that read while another holds. */
  static String beside(String figure) {
    return figure + "BesideAHolder";
  }

  private static void add(Map<String, List<Double>> rounds, String name, double value) {
    rounds.computeIfAbsent(name, k -> new ArrayList<>()).add(value);
  }

  private Bytes measure(Deed deed) throws InterruptedException {
    ReadWriteLock lock = create();
    List<Thread> threads = new ArrayList<>(THREADS);
    CountDownLatch arrived = new CountDownLatch(THREADS);
    Gate gate = new Gate();
    Runnable visit = () -> visit(deed, lock, arrived, gate);
    long before = used();

    if (deed == Deed.READ_BESIDE_A_HOLDER) {
      lock.readLock().lock();
    }
    try {
      for (int i = 0; i < THREADS; i++) {
        threads.add(Thread.startVirtualThread(visit));
      }
      arrived.await();
    } finally {
      if (deed == Deed.READ_BESIDE_A_HOLDER) {
        lock.readLock().unlock();
      }
    }
    for (Thread thread : threads) {
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    long alive = used();

    gate.open = true;
    threads.forEach(LockSupport::unpark);
    for (Thread thread : threads) {
      thread.join();
    }
    threads.clear();
    long ended = used();
    Reference.reachabilityFence(lock);
    return new Bytes((double) (alive - before) / THREADS, (double) (ended - before) / THREADS);
  }

  private ReadWriteLock create() {
    return switch (kind) {
      case BIASED -> new BiasedReadWriteLock();
      case RRWL -> new ReentrantReadWriteLock();
      default -> throw new IllegalArgumentException("not measured here: " + kind);
    };
  }

  /** Parks with the same frames on its stack whatever the deed: they are counted too. */
  private static void visit(Deed deed, ReadWriteLock lock, CountDownLatch arrived, Gate gate) {
    if (deed != Deed.NOTHING) {
      readOnce(lock);
    }
    arrived.countDown();
    while (!gate.open) {
      LockSupport.park();
    }
  }

  @SuppressWarnings("LockNotBeforeTry") // nothing in between can throw
  private static void readOnce(ReadWriteLock lock) {
    lock.readLock().lock();
    lock.readLock().unlock();
  }

  private static long used() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 2; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  private static final class Gate {
    volatile boolean open;
  }
}
