// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One use of {@link Actors#race}: the start gate, the rounds, the finish.
 *
 * <p>At the gate the racers are parked. They must not spin there, not even with {@code
 * Thread.yield()}: virtual threads that yield to one another can keep all carriers for ever, and
 * one that has yet to arrive never does.
 */
final class Race {
  /** How long a virtual racer keeps its carrier from the others, in nanoseconds. */
  private static final long TURN = 1_000_000;

  private final long limit;
  private final Actors.Round round;
  private final CountDownLatch gate = new CountDownLatch(1);
  private volatile boolean over;
  private volatile long start;

  Race(Duration time, Actors.Round round) {
    this.limit = Waiting.nanos(time);
    this.round = round;
  }

  void run(List<Actor> racers) throws InterruptedException {
    CountDownLatch ready = new CountDownLatch(racers.size());
    List<Step<@Nullable Void>> steps = new ArrayList<>();
    for (int i = 0; i < racers.size(); i++) {
      int racer = i;
      steps.add(racers.get(i).start(() -> enter(racer, ready)));
    }
    for (Actor racer : racers) {
      if (!racer.await(ready)) {
        over = true;
        gate.countDown();
        throw racer.outOfPatience("not at the start");
      }
    }
    start = System.nanoTime();
    gate.countDown();
    finish(steps);
  }

  private void enter(int racer, CountDownLatch ready) throws Exception {
    ready.countDown();
    awaitGate();
    int number = 0;
    long turn = start;
    do {
      try {
        round.run(racer, number++);
      } catch (Throwable failure) {
        over = true;
        throw failure;
      }
      turn = makeWay(turn);
    } while (!over && System.nanoTime() - start < limit);
  }

  /**
   * Virtual threads are not preempted: as many racers as there are carriers, in rounds that never
   * block, would keep the others out for as long as the race lasts. So each parks for a moment when
   * its turn has been long.
   */
  private static long makeWay(long turn) {
    if (!Thread.currentThread().isVirtual() || System.nanoTime() - turn < TURN) {
      return turn;
    }
    LockSupport.parkNanos(1);
    return System.nanoTime();
  }

  /** Waits through interrupts: the first racers may begin to interrupt those not yet through. */
  private void awaitGate() {
    boolean interrupted = false;
    while (true) {
      try {
        gate.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void finish(List<Step<@Nullable Void>> steps) throws InterruptedException {
    long left = limit - (System.nanoTime() - start);
    Waiting.holdsWithin(
        () -> over || steps.stream().allMatch(Step::isDone), Duration.ofNanos(Math.max(left, 0)));
    AssertionError first = null;
    for (Step<?> step : steps) {
      try {
        step.result();
      } catch (AssertionError failure) {
        over = true;
        if (first == null) {
          first = failure;
        } else {
          first.addSuppressed(failure);
        }
        if (!step.isDone()) {
          break; // the others may hang too; what else failed is reported when the actors close
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
