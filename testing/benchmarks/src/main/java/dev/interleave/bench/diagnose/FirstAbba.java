// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.diagnose;

import dev.interleave.bench.Programs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * Two threads that each hold one of two locks ask for the other at the same moment, and no thread
 * has ever taken these two locks in any order before: so there is no history to learn from. In each
 * round two locks that are new.
 *
 * <p>A round counts as deadlocked if both threads are seen waiting in {@value #LOOKS} looks in a
 * row, a millisecond apart: each holds what the other waits for, and whatever checks comes before
 * the wait. The second lock is asked for by {@code lockInterruptibly}, so that such a round can be
 * cleared away.
 */
public final class FirstAbba {
  static final int ROUNDS = 400;

  private static final int LOOKS = 20;
  private static final Duration PACE = Duration.ofMillis(1);
  private static final int WARM_UP = 20;
  private static final int SPINS = 100_000;
  private static final long HEAD_START_NANOS = 20_000;

  private final MutexKind kind;
  private final boolean virtual;

  private FirstAbba(MutexKind kind, boolean virtual) {
    this.kind = kind;
    this.virtual = virtual;
  }

  /**
   * Prints how many rounds ended how.
   *
   * @param args the {@link MutexKind}, {@code platform} or {@code virtual}, and how many rounds
   */
  public static void main(String[] args) throws InterruptedException {
    MutexKind kind = MutexKind.valueOf(args[0]);
    Programs.report(new FirstAbba(kind, args[1].equals("virtual")).run(Integer.parseInt(args[2])));
  }

  private Map<String, Double> run(int rounds) throws InterruptedException {
    int one = 0;
    int both = 0;
    int deadlocked = 0;
    List<Long> nanos = new ArrayList<>();
    for (int i = -WARM_UP; i < rounds; i++) {
      Round round;
      try (Mutexes mutexes = kind.mutexes()) {
        round = new Round(mutexes);
        round.run();
      }
      if (i < 0) {
        continue; // classes are loaded
      }
      if (round.interrupted.get() > 0) {
        deadlocked++;
        continue;
      }
      nanos.add(round.nanos);
      if (round.refused.get() == 1) {
        one++;
      } else {
        both++;
      }
    }
    nanos.sort(null);
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("rounds", (double) rounds);
    figures.put("oneRefused", (double) one);
    figures.put("bothRefused", (double) both);
    figures.put("deadlocked", (double) deadlocked);
    if (!nanos.isEmpty()) {
      figures.put("medianMicros", nanos.get(nanos.size() / 2) / 1e3);
      figures.put("maxMicros", nanos.getLast() / 1e3);
    }
    return figures;
  }

  /** Two new locks and two threads. */
  private final class Round {
    private final Lock a;
    private final Lock b;
    private final AtomicInteger ready = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger interrupted = new AtomicInteger();
    private volatile long begun;
    private volatile long nanos;
    private volatile @Nullable RuntimeException failure;

    Round(Mutexes mutexes) {
      a = mutexes.create("a");
      b = mutexes.create("b");
    }

    void run() throws InterruptedException {
      Thread ab = start(() -> both(a, b));
      Thread ba = start(() -> both(b, a));
      int waiting = 0;
      while (!ab.join(PACE) || !ba.join(PACE)) {
        waiting = waits(ab) && waits(ba) ? waiting + 1 : 0;
        if (waiting == LOOKS) {
          ab.interrupt();
          ba.interrupt();
        }
      }
      if (failure != null || refused.get() + interrupted.get() == 0) {
        throw new IllegalStateException("neither deadlocked nor refused", failure);
      }
    }

    private static boolean waits(Thread thread) {
      return thread.getState() == Thread.State.WAITING;
    }

    private Thread start(Runnable task) {
      return (virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).start(task);
    }

    private void both(Lock first, Lock second) {
      first.lock();
      try {
        meet();
        second.lockInterruptibly();
        second.unlock();
      } catch (InterruptedException e) {
        interrupted.incrementAndGet(); // was deadlocked
      } catch (RuntimeException e) {
        if (kind.isRefusal(e)) {
          nanos = System.nanoTime() - begun;
          refused.incrementAndGet();
        } else {
          failure = e;
        }
      } finally {
        first.unlock();
      }
    }

    /** Lets both go on at the same moment, each on a processor of its own. */
    @SuppressWarnings("ThreadPriorityCheck") // with one processor, spinning alone would not end
    private void meet() {
      if (ready.incrementAndGet() == 2) {
        begun = System.nanoTime() + HEAD_START_NANOS; // in 0.02 ms both are sure to look
      }
      for (int spins = 1; begun == 0; spins++) {
        if (spins % SPINS == 0) {
          Thread.yield();
        } else {
          Thread.onSpinWait();
        }
      }
      long start = begun;
      while (System.nanoTime() - start < 0) {
        Thread.onSpinWait();
      }
    }
  }
}
