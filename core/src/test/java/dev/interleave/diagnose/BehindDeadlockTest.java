// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.diagnose.DeadlockDetector.OnDeadlock;
import dev.interleave.diagnose.Waiters.Held;
import dev.interleave.diagnose.Waiters.Waiter;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who waits behind a deadlock that stays: it is cheap, and hides nothing. */
class BehindDeadlockTest {
  private final Queue<Deadlock> told = new ConcurrentLinkedQueue<>();
  private final DeadlockDetector detector =
      DeadlockDetector.builder()
          .onDeadlock(OnDeadlock.REPORT)
          .period(Duration.ZERO)
          .listener(this::tell)
          .build();
  private volatile Runnable whenTold = () -> {};
  private final Waiters waiters = new Waiters();

  private void tell(Deadlock deadlock) {
    told.add(deadlock);
    whenTold.run();
  }

  @AfterEach
  void leave() throws InterruptedException {
    waiters.close();
    detector.close();
  }

  /** Two that wait for each other; the first one. */
  private Waiter knot() throws InterruptedException {
    Waiter a = waiters.waiter("a");
    Waiter b = waiters.waiter("b");
    a.waitsFor(waiters.mutex(b));
    b.waitsFor(waiters.mutex(a));
    assertThat(told).hasSize(1);
    return a;
  }

  /** Each new one asks a few resources, not all those before it. */
  @Test
  void aLineIsNotFollowedByEachThatJoinsIt() throws Exception {
    int line = 300;
    Waiter last = knot();
    long before = waiters.asked();
    for (int i = 0; i < line; i++) {
      Waiter next = waiters.waiter("behind-" + i);
      next.waitsFor(waiters.mutex(last));
      last = next;
    }
    assertThat(waiters.asked() - before).isLessThan(10L * line); // all those before it: 130,000
    assertThat(told).hasSize(1);
    assertThat(detector.scan())
        .singleElement()
        .satisfies(deadlock -> {
          assertThat(deadlock.threads()).hasSize(2);
          assertThat(deadlock.behind()).hasSize(line);
        });
  }

  /** One of the line goes away, or waits for something else as well, and closes another cycle. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoOfTheLineMovesIsSeen(boolean leaves) throws Exception {
    Waiter first = waiters.waiter("first");
    Waiter second = waiters.waiter("second");
    Waiter third = waiters.waiter("third");
    first.waitsFor(waiters.mutex(knot()));
    second.waitsFor(waiters.mutex(first));
    third.waitsFor(waiters.mutex(second));
    assertThat(told).hasSize(1);
    if (leaves) {
      first.leaves();
    }
    first.waitsFor(waiters.mutex(third));
    assertThat(told).hasSize(2);
    assertThat(told).last().satisfies(deadlock -> assertThat(deadlock.threads()).hasSize(3));
  }

  /** The one that leaves lets another one close the cycle. */
  @Test
  void whoBeginsToWaitForTheLineIsSeen() throws Exception {
    Waiter first = waiters.waiter("first");
    Waiter second = waiters.waiter("second");
    Waiter stranger = waiters.waiter("stranger");
    first.waitsFor(waiters.mutex(knot()));
    second.waitsFor(waiters.mutex(first));
    first.leaves();
    first.waitsFor(waiters.mutex(stranger));
    assertThat(told).hasSize(1);
    stranger.waitsFor(waiters.mutex(second));
    assertThat(told).hasSize(2);
    assertThat(told).last().satisfies(deadlock -> assertThat(deadlock.threads()).hasSize(3));
  }

  /** What several can hold may get another owner while those who hold it are deadlocked. */
  @Test
  void whoComesToStandInTheWayIsSeen() throws Exception {
    Waiter dead = knot();
    Waiter writer = waiters.waiter("writer");
    Waiter reader = waiters.waiter("reader");
    Held shared = waiters.shared(dead);
    writer.waitsFor(shared);
    assertThat(told).hasSize(1);
    shared.heldBy(dead, reader);
    reader.waitsFor(waiters.mutex(writer));
    assertThat(told).hasSize(2);
  }

  /**
   * The listener takes and gives back a lock, without a wait, while its thread is registered for
   * the deadlock that it is told of. Who waited for that lock is no part of that, nor behind it.
   */
  @Test
  void whatTheListenerTakesAndGivesBackHidesNothing() throws Exception {
    Held passing = waiters.mutex();
    Waiter x = waiters.waiter("x");
    Waiter y = waiters.waiter("y");
    Waiter z = waiters.waiter("z");
    Waiter last = waiters.waiter("last");
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch giveBack = new CountDownLatch(1);
    whenTold =
        () -> {
          whenTold = () -> {};
          passing.heldBy(y);
          taken.countDown();
          await(giveBack);
          passing.heldBy();
        };
    x.waitsFor(waiters.mutex(y));
    var telling = y.startsToWaitFor(waiters.mutex(x));
    await(taken);
    z.waitsFor(passing);
    giveBack.countDown();
    telling.result();
    assertThat(told).hasSize(1);
    passing.heldBy(last); // it was faster than the other
    last.waitsFor(waiters.mutex(z));
    assertThat(told).hasSize(2);
    assertThat(told)
        .last()
        .satisfies(deadlock ->
            assertThat(deadlock.threads())
                .extracting(Blocked::thread)
                .containsExactlyInAnyOrder(z.thread(), last.thread()));
  }

  /** The listener takes a lock, keeps it, and so closes another cycle: nobody else would look. */
  @Test
  void whatTheListenerTakesAndKeepsIsSeen() throws Exception {
    Waiter running = waiters.waiter("running");
    Waiter x = waiters.waiter("x");
    Waiter y = waiters.waiter("y");
    Waiter z = waiters.waiter("z");
    Waiter other = waiters.waiter("other");
    Held kept = waiters.mutex(running);
    z.waitsFor(kept);
    other.waitsFor(waiters.mutex(z));
    x.waitsFor(waiters.mutex(y));
    whenTold =
        () -> {
          whenTold = () -> {};
          kept.heldBy(y);
        };
    y.waitsFor(waiters.shared(x, other));
    assertThat(told).hasSize(2);
    assertThat(told).last().satisfies(deadlock -> assertThat(deadlock.threads()).hasSize(4));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(Knot.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Another one looks after it has registered, and before it looks itself. */
  @Test
  void whoClosesTheCycleFindsItThoughAnotherWasFirst() throws Exception {
    detector.close(); // so nobody looks by itself
    Waiter a = waiters.waiter("a");
    Waiter b = waiters.waiter("b");
    Waiter behind = waiters.waiter("behind");
    a.waitsFor(waiters.mutex(b));
    b.waitsFor(waiters.mutex(a));
    behind.waitsFor(waiters.mutex(a));
    assertThat(Deadlocks.of(behind.first())).isEmpty();
    assertThat(Deadlocks.of(b.first())).hasSize(1);
    assertThat(Deadlocks.of(a.first())).hasSize(1);
  }
}
