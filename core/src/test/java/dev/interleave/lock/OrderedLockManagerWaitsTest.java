// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.diagnose.Owner;
import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.lock.LockHolder.Mode;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who waits for which key, held by whom, since when, as a detector sees it. */
class OrderedLockManagerWaitsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final OrderedLockManager<Integer> locks =
      OrderedLockManager.<Integer>builder().name("accounts").recordOneIn(1).build();

  @AfterEach
  void nothingIsLeft() {
    assertThat(locks.isUnused()).isTrue();
  }

  private static Wait awaitWait(Actor actor) throws InterruptedException {
    return Waiting.untilPresent(
        () -> Waits.of(actor.thread()), PATIENCE, () -> actor.name() + " waits for nothing");
  }

  private static List<Owner> owners(Wait wait) {
    Owners owners = wait.resource().owners(wait);
    assertThat(owners.need()).isEqualTo(Owners.Need.ALL);
    return owners.list();
  }

  @ParameterizedTest
  @EnumSource
  void theKeyItsOwnerAndTheTimeAreKnown(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor holder = actors.actor("holder");
      Guard guard = holder.call(() -> locks.acquire(List.of(2)));
      Actor waiter = actors.actor("waiter");
      Step<?> waiting =
          waiter.start(() -> locks.acquire(List.of(1, 2, 3), Deadline.none()).close());
      Wait wait = awaitWait(waiter);
      assertThat(wait.resource().name()).isEqualTo("accounts[2]");
      assertThat(wait.wants()).isEqualTo("WRITE");
      assertThat(wait.exit()).isEqualTo(Wait.Exit.INTERRUPT);
      assertThat(owners(wait))
          .singleElement()
          .satisfies(owner -> {
            assertThat(owner.thread()).isEqualTo(holder.thread());
            assertThat(owner.mode()).isEqualTo("WRITE");
            assertThat(owner.heldNanos()).isNotNegative();
            assertThat(owner.site()).isNotNull();
          });
      waiting.assertNotDone();
      holder.run(guard::close);
      waiting.result();
      assertThat(Waits.of(waiter.thread())).isNull();
      assertThat(owners(wait)).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWriterWaitsForAllReadersAndAReaderForTheWriterBeforeIt(ThreadKind kind) throws Exception {
    Map<Integer, Mode> read = Map.of(1, Mode.READ);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      List<Actor> readers = actors.actors(3, "reader");
      List<Guard> guards = new ArrayList<>();
      for (Actor reader : readers) {
        guards.add(reader.call(() -> locks.acquire(read)));
      }
      Actor writer = actors.actor("writer");
      Step<?> writing = writer.start(() -> locks.acquire(List.of(1)).close());
      assertThat(owners(awaitWait(writer)))
          .extracting(Owner::thread)
          .containsExactlyInAnyOrderElementsOf(readers.stream().map(Actor::thread).toList());
      Actor late = actors.actor("late");
      Step<?> reading = late.start(() -> locks.acquire(read).close());
      assertThat(owners(awaitWait(late)))
          .singleElement()
          .satisfies(owner -> {
            assertThat(owner.thread()).isEqualTo(writer.thread());
            assertThat(owner.mode()).isEqualTo("WRITE, first in line");
          });
      for (int i = 0; i < 3; i++) {
        readers.get(i).run(guards.get(i)::close);
      }
      writing.result();
      reading.result();
    }
  }

  /** Who is about to have its turn may be late, as one that tells a listener of a deadlock. */
  @ParameterizedTest
  @EnumSource
  void theFirstInLineIsInTheWayWhenNobodyHolds(ThreadKind kind) throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor first = actors.actor("first");
      Waits.Inspector late =
          wait -> {
            if (wait.thread() == first.thread()) {
              await(goOn);
            }
          };
      Waits.add(late);
      try {
        Actor holder = actors.actor("holder");
        Guard guard = holder.call(() -> locks.acquire(List.of(1)));
        Step<?> next = first.start(() -> locks.acquire(List.of(1)).close());
        Wait itsOwn = awaitWait(first);
        Actor second = actors.actor("second");
        Step<?> behind = second.start(() -> locks.acquire(List.of(1)).close());
        Wait wait = awaitWait(second);
        holder.run(guard::close);
        assertThat(owners(itsOwn)).isEmpty();
        assertThat(owners(wait))
            .singleElement()
            .satisfies(owner -> {
              assertThat(owner.thread()).isEqualTo(first.thread());
              assertThat(owner.mode()).isEqualTo("WRITE, first in line");
            });
        goOn.countDown();
        next.result();
        behind.result();
      } finally {
        goOn.countDown();
        Waits.remove(late);
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void timedWaitsSayThatTheyAre(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE);
        Guard g = locks.acquire(List.of(1))) {
      Actor waiter = actors.actor("waiter");
      Step<?> waiting = waiter.start(() -> locks.acquire(List.of(1), Deadline.after(PATIENCE)));
      assertThat(awaitWait(waiter).exit()).isEqualTo(Wait.Exit.TIMEOUT);
      waiter.interrupt();
      waiting.failure(InterruptedException.class);
      assertThat(Waits.of(waiter.thread())).isNull();
      waiter
          .start(() -> locks.acquire(List.of(1), Deadline.after(Duration.ofMillis(20))))
          .failure(LockTimeoutException.class);
      assertThat(Waits.of(waiter.thread())).isNull();
    }
  }

  /** Refused before it parks: nothing new is held, and nothing stays in line. */
  @ParameterizedTest
  @EnumSource
  void whoIsRefusedHoldsNothingNew(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor holder = actors.actor("holder");
      Guard guard = holder.call(() -> locks.acquire(List.of(2)));
      Actor waiter = actors.actor("waiter");
      Waits.Inspector refuse =
          wait -> {
            if (wait.thread() == waiter.thread()) {
              throw new IllegalStateException("refused");
            }
          };
      Waits.add(refuse);
      try {
        assertThat(
                waiter
                    .start(() -> locks.acquire(List.of(1, 2)))
                    .failure(IllegalStateException.class))
            .hasMessage("refused");
      } finally {
        Waits.remove(refuse);
      }
      assertThat(Waits.of(waiter.thread())).isNull();
      assertThat(locks.holders(1)).isEmpty();
      holder.run(guard::close);
      waiter.run(() -> locks.acquire(List.of(1, 2)).close());
    }
  }

  /**
   * A victim of a detector gets its reason, whichever way it waits, and is not left interrupted.
   */
  @ParameterizedTest
  @EnumSource
  void whoIsEndedGetsTheReason(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE);
        Guard g = locks.acquire(List.of(2))) {
      Actor waiter = actors.actor("waiter");
      IllegalStateException why = new IllegalStateException("why");
      Step<?> waiting = waiter.start(() -> locks.acquire(List.of(1, 2)));
      assertThat(awaitWait(waiter).end(why)).isTrue();
      assertThat(waiting.failure(IllegalStateException.class)).isSameAs(why);
      assertThat(waiting.endedInterrupted()).isFalse();
      Step<?> interruptible = waiter.start(() -> locks.acquire(List.of(1, 2), Deadline.none()));
      assertThat(awaitWait(waiter).end(why)).isTrue();
      assertThat(interruptible.failure(InterruptedException.class)).hasCause(why);
      assertThat(interruptible.endedInterrupted()).isFalse();
      assertThat(locks.holders(1)).isEmpty();
    }
  }

  /** Who comes back from a condition must have its key: that wait can be ended by nothing. */
  @ParameterizedTest
  @EnumSource
  void theWayBackFromAConditionCannotBeEnded(ThreadKind kind) throws Exception {
    Lock lock = locks.lock(1);
    Condition changed = lock.newCondition();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor waiter = actors.actor("waiter");
      Actor signaller = actors.actor("signaller");
      waiter.run(lock::lock);
      Step<?> waiting = waiter.start(changed::awaitUninterruptibly);
      Wait there = awaitWait(waiter);
      assertThat(there.resource().owners(there)).isEqualTo(Owners.anyone());
      signaller.run(lock::lock);
      signaller.run(changed::signal);
      Waiting.until(
          () -> {
            Wait now = Waits.of(waiter.thread());
            return now != null && now.resource().kind().equals("ordered lock");
          },
          PATIENCE,
          () -> "not on its way back");
      Wait back = awaitWait(waiter);
      assertThat(back.exit()).isEqualTo(Wait.Exit.NONE);
      assertThat(back.end(new IllegalStateException())).isFalse();
      assertThat(owners(back))
          .singleElement()
          .extracting(Owner::thread)
          .isEqualTo(signaller.thread());
      signaller.run(lock::unlock);
      waiting.result();
      waiter.run(lock::unlock);
    }
  }

  /** A key that cannot say what it is. */
  private record Mute(int n) implements Comparable<Mute> {
    @Override
    public int compareTo(Mute other) {
      return Integer.compare(n, other.n);
    }

    @Override
    public String toString() {
      throw new UnsupportedOperationException("mute");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aKeyWhoseToStringThrowsIsWaitedForAllTheSame(ThreadKind kind) throws Exception {
    OrderedLockManager<Mute> mute = OrderedLockManager.natural();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor waiter = actors.actor("waiter");
      Step<?> waiting;
      try (Guard g = mute.acquire(List.of(new Mute(1)))) {
        waiting = waiter.start(() -> mute.acquire(List.of(new Mute(1))).close());
        assertThat(awaitWait(waiter).resource().name()).contains("whose toString threw");
      }
      waiting.result();
      assertThatIllegalStateException()
          .isThrownBy(() -> {
            try (Guard g = mute.acquire(List.of(new Mute(2)))) {
              mute.lock(new Mute(1)).lock();
            }
          })
          .withMessageContaining("whose toString threw");
    }
    assertThat(mute.isUnused()).isTrue();
  }
}
