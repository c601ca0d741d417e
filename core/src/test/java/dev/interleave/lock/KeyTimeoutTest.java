// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.lock.LockHolder.Mode;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who stood in the way when the time was up, for how long, and where it was. */
class KeyTimeoutTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(30);

  private final OrderedLockManager<Integer> locks =
      OrderedLockManager.<Integer>builder().name("accounts").build();

  private LockTimeoutException timeOut(Actor waiter, Mode mode) throws InterruptedException {
    return waiter
        .start(() -> locks.acquire(Map.of(1, Mode.WRITE, 2, mode), Deadline.after(SHORT)))
        .failure(LockTimeoutException.class);
  }

  private static void holdAndStay(Guard guard, CountDownLatch over) throws InterruptedException {
    try (guard) {
      over.await();
    }
  }

  @ParameterizedTest
  @EnumSource
  void theHolderTheTimeAndThePlace(ThreadKind kind) throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor waiter = actors.actor("waiter");
      Step<?> holding =
          actors.actor("owner").start(() -> holdAndStay(locks.acquire(List.of(2)), over));
      holding.awaitBlocked();
      Duration before = Duration.ZERO;
      for (Mode mode : List.of(Mode.WRITE, Mode.READ)) {
        LockTimeoutException e = timeOut(waiter, mode);
        assertThat(e).hasMessageContainingAll("accounts[2]", "\"owner\"", "for at least PT0.");
        assertThat(e).hasMessageContaining("now at");
        // Not the whole of SHORT: the deadline was made before the wait began to look.
        Duration held = e.heldAtLeast().orElseThrow();
        assertThat(held).isGreaterThan(before);
        before = held;
        assertThat(e.holderStack())
            .anyMatch(frame -> frame.getMethodName().equals("holdAndStay"))
            .anyMatch(frame -> frame.getClassName().equals(CountDownLatch.class.getName()));
      }
      over.countDown();
      holding.result();
    }
    assertThat(locks.isUnused()).isTrue();
  }

  /** Each hold has a time of its own: that of one that is over says nothing about the next. */
  @ParameterizedTest
  @EnumSource
  void theTimeIsThatOfThePresentHold(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor owner = actors.actor("owner");
      Actor waiter = actors.actor("waiter");
      Guard first = owner.call(() -> locks.acquire(List.of(2)));
      Duration longest = Duration.ZERO;
      for (int i = 0; i < 5; i++) {
        longest = timeOut(waiter, Mode.WRITE).heldAtLeast().orElseThrow();
      }
      assertThat(longest).isGreaterThan(SHORT.multipliedBy(4)); // of the first wait only a part
      owner.run(first::close);
      long start = System.nanoTime();
      Guard second = owner.call(() -> locks.acquire(List.of(2)));
      Duration held = timeOut(waiter, Mode.WRITE).heldAtLeast().orElseThrow();
      assertThat(held).isPositive().isLessThan(Duration.ofNanos(System.nanoTime() - start));
      owner.run(second::close);
    }
  }

  @ParameterizedTest
  @EnumSource
  void ofManyReadersTheFirst(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor one = actors.actor("one");
      Actor two = actors.actor("two");
      Guard first = one.call(() -> locks.acquire(Map.of(2, Mode.READ)));
      Guard second = two.call(() -> locks.acquire(Map.of(2, Mode.READ)));
      LockTimeoutException e = timeOut(actors.actor("waiter"), Mode.WRITE);
      assertThat(e.holders()).hasSize(2);
      assertThat(e.holders().getFirst().threadName()).isEqualTo("one");
      assertThat(e.heldAtLeast()).isPresent();
      assertThat(e.holderStack()).isNotEmpty();
      one.run(first::close);
      two.run(second::close);
    }
  }
}
