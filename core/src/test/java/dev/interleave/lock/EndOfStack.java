// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A program, for a JVM of its own: acquires and releases locks where the stack is about to end, and
 * looks afterwards whether that was done wholly or not at all.
 */
final class EndOfStack {
  static final String PASSED = "passed";

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long TIME = TimeUnit.MILLISECONDS.toNanos(1_500);
  private static final long STACK_BYTES = 200_000;

  /**
   * On so many of the last frames what is tried begins, half of it on the fewer: interpreted ones
   * are larger than compiled ones.
   */
  private static final int LAST_FRAMES = 400;

  private static final int FEWER = 60;

  private static final int ROUNDS = 60;

  /** Long enough to park, in nanoseconds. */
  private static final long WAIT = 200_000;

  /** So that the lock is biased, and its thread has a slot. */
  private static final int FIRST_READS = 2_000;

  private final SplittableRandom random = new SplittableRandom(5);
  private final Actor other;
  private int overflows;

  /** Whether the end of the stack was reached by what is tried, and not on the way to it. */
  private boolean begun;

  /** Written by what runs at the end of the stack, which has no room for more. */
  private boolean acquired;

  private EndOfStack(Actor other) {
    this.other = other;
  }

  /**
   * Runs.
   *
   * @param args none
   */
  public static void main(String[] args) throws Exception {
    try (Actors actors = new Actors(ThreadKind.PLATFORM, PATIENCE)) {
      EndOfStack end = new EndOfStack(actors.actor("other"));
      for (long start = System.nanoTime();
          System.nanoTime() - start < TIME || end.overflows < ROUNDS; ) {
        end.runOnASmallStack();
      }
      System.out.println(PASSED + ", with so many overflows: " + end.overflows);
    }
  }

  private void runOnASmallStack() throws InterruptedException {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Runnable rounds =
        () -> {
          try {
            for (int i = 0; i < ROUNDS; i++) {
              round(LAST_FRAMES); // with all the room: whatever has to be loaded is
            }
            int depth = deepest();
            for (int i = 0; i < ROUNDS; i++) {
              round(depth);
            }
          } catch (Throwable e) {
            failure.set(e);
          }
        };
    Thread thread = new Thread(null, rounds, "small stack", STACK_BYTES);
    thread.start();
    thread.join();
    assertThat(failure.get()).isNull();
  }

  private void at(int depth, Runnable action) {
    if (depth == 0) {
      begun = true;
      action.run();
    } else {
      at(depth - 1, action);
    }
  }

  /** How deep the calling thread can go. */
  private int deepest() {
    int possible = 0;
    int impossible = 1_000_000;
    while (impossible - possible > 1) {
      int between = (possible + impossible) / 2;
      try {
        at(between, () -> {});
        possible = between;
      } catch (StackOverflowError e) {
        impossible = between;
      }
    }
    return possible;
  }

  /** Whether it could be done near the end of the stack. */
  private boolean couldAt(int deepest, Runnable action) {
    try {
      begun = false;
      at(deepest - random.nextInt(random.nextBoolean() ? FEWER : LAST_FRAMES), action);
      return true;
    } catch (StackOverflowError e) {
      overflows += begun ? 1 : 0;
      return false;
    }
  }

  /**
   * A lock, and a side of it.
   *
   * @param all what nobody else may hold if the lock is free
   * @param shared what another thread may hold beside it; null if there is nothing such
   * @param inTheWay what another thread has to hold so that this side waits
   */
  private record Subject(
      Lock side, LongSupplier holds, Lock all, @Nullable Lock shared, Lock inTheWay) {}

  private Subject subject() {
    if (random.nextInt(3) == 0) {
      WatchedLock lock = new WatchedLock();
      return new Subject(lock, lock::holdCount, lock, null, lock);
    }
    BiasedReadWriteLock lock = new BiasedReadWriteLock();
    if (random.nextBoolean()) {
      for (int i = 0; i < FIRST_READS; i++) {
        lock.read().close();
      }
    }
    Lock reads = lock.readLock();
    Lock writes = lock.writeLock();
    return random.nextBoolean()
        ? new Subject(
            writes, lock::writeHoldCount, writes, null, random.nextBoolean() ? reads : writes)
        : new Subject(reads, lock::readHoldCount, writes, reads, writes);
  }

  private void round(int deepest) throws InterruptedException {
    Subject subject = subject();
    acquire(deepest, subject, random.nextBoolean());
    release(deepest, subject, random.nextInt(3));
    if (subject.shared == null) {
      await(deepest, subject);
    }
    giveUp(deepest, subject);
    assertFree(subject);
  }

  /** Others find the lock free. */
  private void assertFree(Subject subject) throws InterruptedException {
    other.run(subject.all::lockInterruptibly);
    other.run(subject.all::unlock);
  }

  /** Perhaps beside another reader, so that this one is counted. */
  private void acquire(int deepest, Subject subject, boolean counted) throws InterruptedException {
    Lock shared = counted ? subject.shared : null;
    if (shared != null) {
      other.run(shared::lock);
    }
    Lock side = subject.side;
    acquired = false;
    boolean could =
        couldAt(
            deepest,
            random.nextBoolean()
                ? () -> acquired = side.tryLock()
                : () -> {
                  side.lock();
                  acquired = true;
                });
    assertThat(subject.holds.getAsLong()).isEqualTo(could ? 1 : 0);
    if (could) {
      assertThat(acquired).isTrue();
      side.unlock();
    }
    if (shared != null) {
      other.run(shared::unlock);
    }
    assertFree(subject);
  }

  /** Alone, beside another reader, or with somebody who waits for it. */
  private void release(int deepest, Subject subject, int company) throws InterruptedException {
    Lock shared = company == 1 ? subject.shared : null;
    if (shared != null) {
      other.run(shared::lock);
    }
    subject.side.lock();
    Step<?> waiting = null;
    if (company == 2) {
      waiting = other.start(subject.all::lock);
      waiting.awaitBlocked();
    }
    boolean could = couldAt(deepest, subject.side::unlock);
    assertThat(subject.holds.getAsLong()).isEqualTo(could ? 0 : 1);
    if (!could) {
      subject.side.unlock();
    }
    if (waiting != null) {
      waiting.result();
      other.run(subject.all::unlock);
    }
    if (shared != null) {
      other.run(shared::unlock);
    }
  }

  /** Whatever becomes of a wait for a signal, the lock is held after it as often as before. */
  @SuppressWarnings({"WaitNotInLoop", "LockNotBeforeTry"}) // nobody signals; unlock is a check
  private void await(int deepest, Subject subject) {
    Lock lock = subject.side;
    Condition condition = lock.newCondition();
    int holds = 1 + random.nextInt(3);
    for (int i = 0; i < holds; i++) {
      lock.lock();
    }
    couldAt(
        deepest,
        () -> {
          try {
            condition.awaitNanos(1);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    couldAt(deepest, condition::signalAll);
    assertThat(subject.holds.getAsLong()).isEqualTo(holds);
    for (int i = 0; i < holds; i++) {
      lock.unlock();
    }
  }

  /** Waits while another holds what is in the way, for a time so short that it is in vain. */
  private void giveUp(int deepest, Subject subject) throws InterruptedException {
    Lock inTheWay = subject.inTheWay;
    other.run(inTheWay::lock);
    acquired = false;
    couldAt(
        deepest,
        () -> {
          try {
            acquired = subject.side.tryLock(WAIT, TimeUnit.NANOSECONDS);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    assertThat(acquired).isFalse();
    assertThat(subject.holds.getAsLong()).isZero();
    other.run(inTheWay::unlock);
  }
}
