// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.diagnose.DeadlockDetector.OnDeadlock;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who waits behind a deadlock that stays: it is cheap, and hides nothing. */
class BehindDeadlockTest {
  private final Queue<Deadlock> told = new ConcurrentLinkedQueue<>();
  private final LongAdder asked = new LongAdder();
  private final DeadlockDetector detector =
      DeadlockDetector.builder()
          .onDeadlock(OnDeadlock.REPORT)
          .period(Duration.ZERO)
          .listener(this::tell)
          .build();
  private volatile Runnable whenTold = () -> {};
  private final Actors actors = new Actors(ThreadKind.VIRTUAL, Knot.PATIENCE);
  private final List<Waiter> waiters = new ArrayList<>();

  private void tell(Deadlock deadlock) {
    told.add(deadlock);
    whenTold.run();
  }

  /** A mutex, or something that several can hold, which counts how often it is asked. */
  private final class Held implements Resource {
    private final boolean mutex;
    private final AtomicReference<Owners> owners = new AtomicReference<>(Owners.nobody());

    Held(boolean mutex, Waiter... by) {
      this.mutex = mutex;
      heldBy(by);
    }

    void heldBy(Waiter... by) {
      owners.set(
          Owners.all(Arrays.stream(by).map(w -> Owner.of(w.actor.thread(), "LOCK")).toList()));
    }

    @Override
    public String name() {
      return "held";
    }

    @Override
    public String kind() {
      return "thing";
    }

    @Override
    public Owners owners(Wait wait) {
      asked.increment();
      return owners.get();
    }

    @Override
    public boolean keepsOwners(Wait wait) {
      return mutex;
    }
  }

  /** A thread that registers waits without parking. */
  private final class Waiter {
    private final Actor actor;
    private final List<Wait> waits = new ArrayList<>();

    Waiter(String name) {
      actor = actors.actor(name);
      waiters.add(this);
    }

    void waitsFor(Resource resource) throws InterruptedException {
      startsToWaitFor(resource).result();
    }

    /** Done when nobody is being told of anything any more. */
    Step<?> startsToWaitFor(Resource resource) {
      return actor.start(() -> waits.add(Waits.enter(resource, "LOCK", Wait.Exit.INTERRUPT)));
    }

    void leaves() throws InterruptedException {
      actor.run(() -> waits.removeLast().leave());
    }
  }

  @AfterEach
  void leave() throws InterruptedException {
    for (Waiter waiter : waiters) {
      while (!waiter.waits.isEmpty()) {
        waiter.leaves();
      }
    }
    actors.close();
    detector.close();
  }

  /** Two that wait for each other; the first one. */
  private Waiter knot() throws InterruptedException {
    Waiter a = new Waiter("a");
    Waiter b = new Waiter("b");
    a.waitsFor(new Held(true, b));
    b.waitsFor(new Held(true, a));
    assertThat(told).hasSize(1);
    return a;
  }

  /** Each new one asks a few resources, not all those before it. */
  @Test
  void aLineIsNotFollowedByEachThatJoinsIt() throws Exception {
    int line = 300;
    Waiter last = knot();
    long before = asked.sum();
    for (int i = 0; i < line; i++) {
      Waiter next = new Waiter("behind-" + i);
      next.waitsFor(new Held(true, last));
      last = next;
    }
    assertThat(asked.sum() - before).isLessThan(10L * line); // all those before it: 130,000
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
    Waiter first = new Waiter("first");
    Waiter second = new Waiter("second");
    Waiter third = new Waiter("third");
    first.waitsFor(new Held(true, knot()));
    second.waitsFor(new Held(true, first));
    third.waitsFor(new Held(true, second));
    assertThat(told).hasSize(1);
    if (leaves) {
      first.leaves();
    }
    first.waitsFor(new Held(true, third));
    assertThat(told).hasSize(2);
    assertThat(told).last().satisfies(deadlock -> assertThat(deadlock.threads()).hasSize(3));
  }

  /** The one that leaves lets another one close the cycle. */
  @Test
  void whoBeginsToWaitForTheLineIsSeen() throws Exception {
    Waiter first = new Waiter("first");
    Waiter second = new Waiter("second");
    Waiter stranger = new Waiter("stranger");
    first.waitsFor(new Held(true, knot()));
    second.waitsFor(new Held(true, first));
    first.leaves();
    first.waitsFor(new Held(true, stranger));
    assertThat(told).hasSize(1);
    stranger.waitsFor(new Held(true, second));
    assertThat(told).hasSize(2);
    assertThat(told).last().satisfies(deadlock -> assertThat(deadlock.threads()).hasSize(3));
  }

  /** What several can hold may get another owner while those who hold it are deadlocked. */
  @Test
  void whoComesToStandInTheWayIsSeen() throws Exception {
    Waiter dead = knot();
    Waiter writer = new Waiter("writer");
    Waiter reader = new Waiter("reader");
    Held shared = new Held(false, dead);
    writer.waitsFor(shared);
    assertThat(told).hasSize(1);
    shared.heldBy(dead, reader);
    reader.waitsFor(new Held(true, writer));
    assertThat(told).hasSize(2);
  }

  /**
   * The listener takes and gives back a lock, without a wait, while its thread is registered for
   * the deadlock that it is told of. Who waited for that lock is no part of that, nor behind it.
   */
  @Test
  void whatTheListenerTakesAndGivesBackHidesNothing() throws Exception {
    Held passing = new Held(true);
    Waiter x = new Waiter("x");
    Waiter y = new Waiter("y");
    Waiter z = new Waiter("z");
    Waiter last = new Waiter("last");
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
    x.waitsFor(new Held(true, y));
    var telling = y.startsToWaitFor(new Held(true, x));
    await(taken);
    z.waitsFor(passing);
    giveBack.countDown();
    telling.result();
    assertThat(told).hasSize(1);
    passing.heldBy(last); // it was faster than the other
    last.waitsFor(new Held(true, z));
    assertThat(told).hasSize(2);
    assertThat(told)
        .last()
        .satisfies(deadlock ->
            assertThat(deadlock.threads())
                .extracting(Blocked::thread)
                .containsExactlyInAnyOrder(z.actor.thread(), last.actor.thread()));
  }

  /** The listener takes a lock, keeps it, and so closes another cycle: nobody else would look. */
  @Test
  void whatTheListenerTakesAndKeepsIsSeen() throws Exception {
    Waiter running = new Waiter("running");
    Waiter x = new Waiter("x");
    Waiter y = new Waiter("y");
    Waiter z = new Waiter("z");
    Waiter other = new Waiter("other");
    Held kept = new Held(true, running);
    z.waitsFor(kept);
    other.waitsFor(new Held(true, z));
    x.waitsFor(new Held(true, y));
    whenTold =
        () -> {
          whenTold = () -> {};
          kept.heldBy(y);
        };
    y.waitsFor(new Held(false, x, other));
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
    Waiter a = new Waiter("a");
    Waiter b = new Waiter("b");
    Waiter behind = new Waiter("behind");
    a.waitsFor(new Held(true, b));
    b.waitsFor(new Held(true, a));
    behind.waitsFor(new Held(true, a));
    assertThat(Deadlocks.of(behind.waits.getFirst())).isEmpty();
    assertThat(Deadlocks.of(b.waits.getFirst())).hasSize(1);
    assertThat(Deadlocks.of(a.waits.getFirst())).hasSize(1);
  }
}
