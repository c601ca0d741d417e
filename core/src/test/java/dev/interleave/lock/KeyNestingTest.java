// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is called in an acquisition that has begun uses the same manager. */
@SuppressWarnings("WaitNotInLoop") // who fails fails the test
class KeyNestingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final OrderedLockManager<Key> locks = OrderedLockManager.natural();
  private final AtomicInteger nested = new AtomicInteger();

  /** A key that acquires and releases another one when it is asked for its name. */
  private record Key(int n, Runnable whenNamed) implements Comparable<Key> {
    @Override
    public boolean equals(Object o) {
      return o instanceof Key other && other.n == n;
    }

    @Override
    public int hashCode() {
      return n;
    }

    @Override
    public int compareTo(Key other) {
      return Integer.compare(n, other.n);
    }

    @Override
    public String toString() {
      whenNamed.run();
      return "key " + n;
    }
  }

  private final Key key = new Key(1, this::useAnother);

  private void useAnother() {
    locks.acquire(List.of(new Key(9, () -> {}))).close();
    nested.incrementAndGet();
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(nested).hasPositiveValue();
    assertThat(locks.isUnused()).isTrue();
  }

  /** It is the thread's only key: nothing else keeps what the thread holds in the manager. */
  @ParameterizedTest
  @EnumSource
  void withinALock(ThreadKind kind) throws Exception {
    Lock lock = locks.lock(key);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor holder = actors.actor("holder");
      Actor waiter = actors.actor("waiter");
      holder.run(lock::lock);
      Step<?> waiting = waiter.start(lock::lock);
      waiting.awaitBlocked();
      holder.run(lock::unlock);
      waiting.result();
      assertThat(waiter.call(locks::heldKeys)).hasSize(1);
      waiter.run(lock::unlock);
    }
  }

  @ParameterizedTest
  @EnumSource
  void withinAnAcquisitionOfMany(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor holder = actors.actor("holder");
      Actor waiter = actors.actor("waiter");
      var guard = holder.call(() -> locks.acquire(List.of(key)));
      var waiting = waiter.startCall(() -> locks.acquire(List.of(key), Deadline.none()));
      waiting.awaitBlocked();
      holder.run(guard::close);
      var second = waiting.result();
      assertThat(waiter.call(locks::heldKeys)).hasSize(1);
      waiter.run(second::close);
    }
  }

  /** On the way back from a condition the thread holds nothing. */
  @ParameterizedTest
  @EnumSource
  void onTheWayBackFromACondition(ThreadKind kind) throws Exception {
    Lock lock = locks.lock(key);
    Condition changed = lock.newCondition();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor waiter = actors.actor("waiter");
      Actor signaller = actors.actor("signaller");
      waiter.run(lock::lock);
      Step<?> waiting = waiter.start(changed::await);
      waiting.awaitBlocked();
      signaller.run(lock::lock);
      int before = nested.get();
      signaller.run(changed::signal);
      Waiting.until(() -> nested.get() > before, PATIENCE, () -> "not on its way back");
      signaller.run(lock::unlock);
      waiting.result();
      waiter.run(lock::unlock);
    }
  }
}
