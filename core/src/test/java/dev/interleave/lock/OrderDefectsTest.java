// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The defects of the lock order, the shared resources and the traffic light that this package is to
 * be better than, each as a test that it is not ours. The numbers are those of the pattern
 * catalogue.
 */
@SuppressWarnings("LockNotBeforeTry") // who fails fails the test
class OrderDefectsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final OrderedLockManager<String> locks =
      OrderedLockManager.<String>builder().name("resources").build();

  /** The four conditions of a deadlock, and what takes each away. */
  @Nested
  class C10 {
    /** No circular wait: acquired in any order of mention, they are acquired in one order. */
    @ParameterizedTest
    @EnumSource
    void noCircularWait(ThreadKind kind) throws Exception {
      try (Actors actors = new Actors(kind, PATIENCE)) {
        actors.race(
            actors.actors(2, "racer"),
            Duration.ofMillis(100),
            (racer, round) ->
                locks.acquire(racer == 0 ? List.of("a", "b") : List.of("b", "a")).close());
      }
      assertThat(locks.isUnused()).isTrue();
    }

    /** No hold and wait: who cannot have all has none. */
    @ParameterizedTest
    @EnumSource
    void noHoldAndWaitLongerThanTheDeadline(ThreadKind kind) throws Exception {
      try (Actors actors = new Actors(kind, PATIENCE)) {
        Actor holder = actors.actor("holder");
        Guard b = holder.call(() -> locks.acquire(List.of("b")));
        actors
            .actor("other")
            .start(() -> locks.acquire(List.of("a", "b"), Deadline.after(Duration.ofMillis(10))))
            .failure(LockTimeoutException.class);
        assertThat(locks.holders("a")).isEmpty();
        holder.run(b::close);
      }
    }

    /** No preemption: an interrupt ends the wait, and gives back what was held for it. */
    @ParameterizedTest
    @EnumSource
    void aWaitCanBeEnded(ThreadKind kind) throws Exception {
      try (Actors actors = new Actors(kind, PATIENCE)) {
        Actor holder = actors.actor("holder");
        Guard b = holder.call(() -> locks.acquire(List.of("b")));
        Actor waiter = actors.actor("waiter");
        Step<?> waiting = waiter.start(() -> locks.acquire(List.of("a", "b"), Deadline.none()));
        waiting.awaitBlocked();
        waiter.interrupt();
        waiting.failure(InterruptedException.class);
        assertThat(locks.holders("a")).isEmpty();
        holder.run(b::close);
      }
    }

    /** No mutual exclusion where it is not needed: readers of a key share it. */
    @ParameterizedTest
    @EnumSource
    void readersShare(ThreadKind kind) throws Exception {
      Map<String, LockHolder.Mode> read = Map.of("a", LockHolder.Mode.READ);
      try (Actors actors = new Actors(kind, PATIENCE);
          Guard g = locks.acquire(read)) {
        actors.actor("other").run(() -> locks.acquire(read).close());
      }
    }
  }

  /** A manager that gives each lock a number when it is first used. */
  @Nested
  class C39 {
    /** There, a thread that named a lock twice waited for itself. */
    @Test
    void aKeyNamedTwiceIsOne() {
      try (var g = locks.acquire(List.of("a", "b", "a"))) {
        assertThat(locks.heldKeys()).containsExactly("a", "b");
      }
    }

    /** There, a nested acquisition was not checked, and the order could be broken. */
    @Test
    void nestedAcquisitionsAreChecked() {
      try (var g = locks.acquire(List.of("b"))) {
        assertThatExceptionOfType(LockOrderException.class)
            .isThrownBy(() -> locks.acquire(List.of("a")));
        locks.acquire(List.of("c")).close();
      }
    }

    /** There, there was neither a time limit nor an interrupt; see also {@link C10}. */
    @ParameterizedTest
    @EnumSource
    void oneDeadlineForAll(ThreadKind kind) throws Exception {
      try (Actors actors = new Actors(kind, PATIENCE);
          Guard g = locks.acquire(List.of("c"))) {
        LockTimeoutException e =
            actors
                .actor("waiter")
                .start(() ->
                    locks.acquire(List.of("a", "b", "c"), Deadline.after(Duration.ofMillis(10))))
                .failure(LockTimeoutException.class);
        assertThat(e).hasMessageContainingAll("resources[c]", Thread.currentThread().getName());
      }
    }

    /** There, the order was that of first use, and differed between runs. */
    @Test
    void theOrderIsThatOfTheKeysWhateverWasUsedFirst() {
      locks.acquire(List.of("z")).close();
      try (var g = locks.acquire(List.of("a", "z"))) {
        assertThat(locks.heldKeys()).containsExactly("a", "z");
      }
      try (var g = locks.acquire(List.of("z"))) {
        assertThatExceptionOfType(LockOrderException.class)
            .isThrownBy(() -> locks.lock("a").lock());
      }
    }

    /** There, no lock was ever removed. */
    @Test
    void whatIsNotUsedIsNotKept() {
      for (int i = 0; i < 10_000; i++) {
        locks.acquire(List.of("key " + i)).close();
        locks.lock("key " + i).lock();
        locks.lock("key " + i).unlock();
      }
      assertThat(locks.stats().keys()).isZero();
    }

    /** There, the lock itself was handed out, unchecked and without an owner. */
    @ParameterizedTest
    @EnumSource
    void theLockOfAKeyObeysTheOrderAndItsOwner(ThreadKind kind) throws Exception {
      Lock a = locks.lock("a");
      try (Actors actors = new Actors(kind, PATIENCE);
          Guard g = locks.acquire(List.of("b"))) {
        assertThatExceptionOfType(LockOrderException.class).isThrownBy(a::lock);
        actors
            .actor("thief")
            .start(locks.lock("b")::unlock)
            .failure(IllegalMonitorStateException.class);
      }
    }

    /** There, a thread that held a lock could not take it again. */
    @Test
    void aThreadTakesAgainWhatItHolds() {
      try (var g = locks.acquire(List.of("a", "b"));
          var again = locks.acquire(List.of("b", "a"))) {
        locks.lock("a").lock();
        locks.lock("a").unlock();
        assertThat(locks.heldKeys()).containsExactly("a", "b");
      }
    }
  }

  /** Resources that write into each other. */
  @Nested
  class C40 {
    private final class Resource {
      final String name;
      final Map<String, Integer> data = new HashMap<>();

      Resource(String name) {
        this.name = name;
      }

      void updateWith(Resource other, String key, int value) {
        try (Guard g = locks.acquire(List.of(name, other.name))) {
          data.put(key, value);
          other.data.put(key, value);
        }
      }
    }

    /** There, a resource that was updated with itself waited for ever. */
    @Test
    void aResourceMayBeUpdatedWithItself() {
      Resource a = new Resource("a");
      a.updateWith(a, "key", 1);
      assertThat(a.data).isEqualTo(Map.of("key", 1));
    }

    /** Worker 1 a with b, worker 2 b with a, worker 3 c with a: everybody finishes. */
    @ParameterizedTest
    @EnumSource
    void threeWorkersInThreeDirections(ThreadKind kind) throws Exception {
      Resource a = new Resource("a");
      Resource b = new Resource("b");
      Resource c = new Resource("c");
      List<List<Resource>> pairs = List.of(List.of(a, b), List.of(b, a), List.of(c, a));
      AtomicInteger done = new AtomicInteger();
      try (Actors actors = new Actors(kind, PATIENCE)) {
        CyclicBarrier together = new CyclicBarrier(3);
        List<Step<?>> steps = new ArrayList<>();
        for (int worker = 0; worker < 3; worker++) {
          List<Resource> pair = pairs.get(worker);
          String key = "worker " + worker;
          steps.add(
              actors
                  .actor(key)
                  .start(() -> {
                    for (int round = 0; round < 300; round++) {
                      together.await();
                      pair.get(0).updateWith(pair.get(1), key, round);
                      done.incrementAndGet();
                    }
                  }));
        }
        for (Step<?> step : steps) {
          step.result();
        }
      }
      assertThat(done).hasValue(900);
      assertThat(a.data).isEqualTo(Map.of("worker 0", 299, "worker 1", 299, "worker 2", 299));
      assertThat(locks.isUnused()).isTrue();
    }
  }

  /** An event, and the traffic light that was made of three of them. */
  @Nested
  class C13 {
    private final ResettableEvent green = new ResettableEvent("green");

    /** There, who set and cleared at once woke threads that found it cleared, and slept on. */
    @ParameterizedTest
    @EnumSource
    void whoWaitedIsThroughAlthoughItIsResetAtOnce(ThreadKind kind) throws Exception {
      try (Actors actors = new Actors(kind, PATIENCE)) {
        List<Step<?>> cars = new ArrayList<>();
        for (Actor car : actors.actors(5, "car")) {
          cars.add(car.start(green::await));
        }
        for (Step<?> car : cars) {
          car.awaitBlocked();
        }
        green.set();
        green.reset();
        for (Step<?> car : cars) {
          car.result();
        }
      }
    }

    /** There, the wait had no time limit, and some never saw the end of the show. */
    @ParameterizedTest
    @EnumSource
    void theWaitCanBeBoundedAndInterrupted(ThreadKind kind) throws Exception {
      try (Actors actors = new Actors(kind, PATIENCE)) {
        Actor car = actors.actor("car");
        assertThat(car.ask(() -> green.await(Deadline.after(Duration.ofMillis(1))))).isFalse();
        Step<?> waiting = car.start(green::await);
        waiting.awaitBlocked();
        car.interrupt();
        waiting.failure(InterruptedException.class);
        assertThat(green.waiters()).isZero();
      }
    }

    /** There, phases overlapped. Of one event no phase is both: each await belongs to one. */
    @ParameterizedTest
    @EnumSource
    void nobodyCrossesOnTheGreenOfAnEarlierPhase(ThreadKind kind) throws Exception {
      try (Actors actors = new Actors(kind, PATIENCE)) {
        Step<?> first = actors.actor("first").start(green::await);
        first.awaitBlocked();
        green.pulse();
        first.result();
        Step<?> second = actors.actor("second").start(green::await);
        second.awaitBlocked();
        assertThat(green.waiters()).isOne();
        green.pulse();
        second.result();
      }
    }
  }
}
