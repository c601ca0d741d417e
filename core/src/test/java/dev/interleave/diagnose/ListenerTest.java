// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.diagnose.DeadlockDetector.OnDeadlock;
import dev.interleave.diagnose.Waiters.Waiter;
import dev.interleave.lock.WatchedLock;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A thread that is told of a deadlock is registered as one that waits, and yet runs. */
@SuppressWarnings("LockNotBeforeTry") // each call is what is tested
class ListenerTest {
  private final CountDownLatch told = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  private static DeadlockDetector reporting(Consumer<Deadlock> listener) {
    return DeadlockDetector.builder()
        .onDeadlock(OnDeadlock.REPORT)
        .period(Duration.ZERO)
        .listener(listener)
        .build();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(Knot.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * It breaks the deadlock that it is told of by releasing what its thread held before. Whoever
   * looks meanwhile must not say that there is one.
   */
  @ParameterizedTest
  @EnumSource
  void mayReleaseWhatItsThreadHeld(ThreadKind kind) throws Exception {
    List<Deadlock> seen = new CopyOnWriteArrayList<>();
    WatchedLock[] held = new WatchedLock[1];
    DeadlockDetector detector =
        reporting(deadlock -> {
          seen.addAll(Diagnosis.deadlocks()); // itself it sees where it is
          told.countDown();
          await(goOn);
          held[0].unlock();
        });
    try (detector;
        Actors actors = new Actors(kind, Knot.PATIENCE)) {
      WatchedLock x = detector.lock("x");
      WatchedLock y = detector.lock("y");
      held[0] = x;
      Actor teller = actors.actor("teller");
      Actor other = actors.actor("other");
      teller.run(x::lock);
      other.run(y::lock);
      Step<?> waits =
          other.start(() -> {
            x.lock();
            x.unlock();
            y.unlock();
          });
      waits.awaitBlocked();
      Step<?> tells =
          teller.start(() -> {
            y.lock();
            y.unlock();
          });
      await(told);
      assertThat(seen).hasSize(1);
      assertThat(detector.scan()).isEmpty();
      goOn.countDown();
      waits.result();
      tells.result();
      assertThat(detector.found()).isOne();
      assertThat(x.isLocked()).isFalse();
      assertThat(y.isLocked()).isFalse();
    }
  }

  /** One that does nothing leaves the deadlock as it is, and then everybody sees it again. */
  @Test
  void whoHasBeenToldIsDeadAgain() throws Exception {
    List<Deadlock> all = new CopyOnWriteArrayList<>();
    try (DeadlockDetector detector = reporting(all::add);
        Waiters waiters = new Waiters()) {
      Waiter one = waiters.waiter("one");
      Waiter other = waiters.waiter("other");
      one.waitsFor(waiters.mutex(other));
      other.waitsFor(waiters.mutex(one));
      assertThat(all).hasSize(1);
      assertThat(detector.scan()).hasSize(1);
    }
  }

  /**
   * While one detector tells, a deadlock is closed that concerns another one too, by a thread which
   * finds the teller running: the other one has looked before, and has to look again.
   */
  @Test
  void afterItAllDetectorsLook() throws Exception {
    List<Deadlock> byFirst = new CopyOnWriteArrayList<>();
    DeadlockDetector first = reporting(byFirst::add);
    DeadlockDetector second =
        reporting(deadlock -> {
          told.countDown();
          await(goOn);
        });
    try (first;
        second;
        Waiters waiters = new Waiters()) {
      Waiter teller = waiters.waiter("teller");
      Waiter other = waiters.waiter("other");
      Waiter closing = waiters.waiter("closing");
      other.waitsFor(waiters.mutex(teller).of(second));
      Step<?> tells = teller.startsToWaitFor(waiters.shared(other, closing).of(second));
      await(told);
      closing.waitsFor(waiters.mutex(teller).of(first));
      assertThat(byFirst).isEmpty();
      goOn.countDown();
      tells.result();
      assertThat(byFirst)
          .singleElement()
          .satisfies(deadlock -> assertThat(deadlock.threads()).hasSize(3));
    }
  }
}
