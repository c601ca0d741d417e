// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.diagnose.Waits;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a watched lock has beyond the contract of locks. */
@SuppressWarnings("LockNotBeforeTry") // another thread waits meanwhile
class WatchedLockTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final WatchedLock lock = WatchedLock.builder().name("accounts").build();

  @Test
  void argumentsAreChecked() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WatchedLock.builder().name(" "))
        .withMessageContaining("\" \"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WatchedLock.builder().acquisitionSites(-2))
        .withMessageContaining("-2");
    assertThat(new WatchedLock().name()).matches("lock-\\d+");
  }

  @ParameterizedTest
  @EnumSource
  void timeoutNamesHolderTimeAndPlace(ThreadKind kind) throws Exception {
    Duration limit = Duration.ofMillis(200);
    List<Duration> held = new ArrayList<>();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor holder = actors.actor("holder");
      holder.run(lock::lock);
      do { // its time begins a little before it looks who the holder is, and it is woken after it
        held.add(heldAccordingToATimeout(holder.thread(), limit));
      } while (held.getLast().compareTo(limit) < 0 && held.size() < 10);
      holder.run(lock::unlock);
    }
    assertThat(held).anySatisfy(one -> assertThat(one).isGreaterThanOrEqualTo(limit));
    assertThat(lock.stats().timeouts()).isEqualTo(held.size());
  }

  private Duration heldAccordingToATimeout(Thread holder, Duration limit) {
    LockTimeoutException e =
        catchThrowableOfType(
            LockTimeoutException.class, () -> lock.lock(Deadline.after(limit)).close());
    assertThat(e)
        .hasMessageMatching(
            "(?s)Timed out after PT[\\d.]+S waiting to lock accounts: held for"
                + " \\[LOCK by .*\"holder\" \\(id \\d+\\)\\] for at least PT[\\d.]+S, now at .*");
    assertThat(e.holders()).singleElement().extracting("thread").isSameAs(holder);
    assertThat(e.holderStack()).isNotEmpty();
    return e.heldAtLeast().orElseThrow();
  }

  /** One that got it at once did not look at the clock; one that had to wait did. */
  @Test
  void holdTimeIsKnownOfThoseThatWaited() throws Exception {
    assertThat(lock.heldAtLeast()).isEmpty();
    try (Actors actors = new Actors(ThreadKind.VIRTUAL, PATIENCE)) {
      Actor second = actors.actor("second");
      lock.lock();
      assertThat(lock.heldAtLeast()).isEmpty();
      var waiting = second.start(lock::lock);
      waiting.awaitBlocked();
      lock.unlock();
      waiting.result();
      assertThat(lock.heldAtLeast()).isPresent();
      assertThat(lock.holder()).hasValueSatisfying(h -> assertThat(h.holds()).isOne());
      assertThat(lock.toString())
          .matches(
              "WatchedLock\\[accounts, held for \\[LOCK by virtual thread \"second\" .*\\]\\]");
      second.run(lock::unlock);
      second.run(lock::lock);
      assertThat(lock.heldAtLeast()).isEmpty();
      second.run(lock::unlock);
    }
    assertThat(lock.toString()).isEqualTo("WatchedLock[accounts, free]");
  }

  /** A lock that changes hands while one waits was not held by one thread for that long. */
  @Test
  void newHoldIsNotTakenForTheOldOne() throws Exception {
    try (Actors actors = new Actors(ThreadKind.PLATFORM, PATIENCE)) {
      Actor holder = actors.actor("holder");
      holder.run(lock::lock);
      var waiting =
          actors.actor("waiter").start(() -> lock.lock(Deadline.after(Duration.ofMillis(300))));
      waiting.awaitBlockedOrDone();
      boolean overtook =
          holder.call(() -> {
            lock.unlock();
            return lock.tryLock(); // mostly before the other one has woken
          });
      if (overtook) {
        boolean before = lock.stats().timeouts() > 0; // it may have given up under the old hold
        LockTimeoutException e = waiting.failure(LockTimeoutException.class);
        if (!before) {
          assertThat(e.heldAtLeast().orElse(Duration.ZERO)).isLessThan(Duration.ofMillis(300));
        }
        holder.run(lock::unlock);
      }
    }
  }

  @Test
  void whoDoesNotHoldItCannotRelease() throws Exception {
    assertThatThrownBy(lock::unlock)
        .isInstanceOf(IllegalMonitorStateException.class)
        .hasMessageContaining("does not hold accounts, nor does anybody else");
    try (Actors actors = new Actors(ThreadKind.VIRTUAL, PATIENCE)) {
      Actor holder = actors.actor("holder");
      Guard guard = holder.call(() -> lock.lock(Deadline.none()));
      assertThatThrownBy(lock::unlock)
          .isInstanceOf(IllegalMonitorStateException.class)
          .hasMessageContaining("\"holder\"");
      assertThatThrownBy(guard::close)
          .isInstanceOf(IllegalMonitorStateException.class)
          .hasMessageContaining("cannot close the guard of");
      assertThat(lock.isLocked()).isTrue();
      holder.run(guard::close);
      holder.run(guard::close);
      assertThat(lock.isLocked()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void waitsAreCountedAndLeaveNothing(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor waiter = actors.actor("waiter");
      lock.lock();
      var interrupted = waiter.start(lock::lockInterruptibly);
      interrupted.awaitBlocked();
      assertThat(Waits.of(waiter.thread()))
          .satisfies(wait -> assertThat(wait.toString()).contains("waits for accounts (LOCK)"));
      assertThat(lock.stats().waiting()).isOne();
      waiter.interrupt();
      assertThat(interrupted.failure(InterruptedException.class)).hasNoCause();
      assertThat(Waits.of(waiter.thread())).isNull();
      lock.unlock();
      assertThat(lock.stats())
          .isEqualTo(
              new WatchedLockStats(
                  "accounts",
                  1,
                  0,
                  1,
                  lock.stats().waitNanos(),
                  lock.stats().longestWaitNanos(),
                  0,
                  1,
                  0));
      assertThat(lock.stats().waitNanos()).isPositive();
    }
  }

  /** An interrupt while it waits is kept, and it gets the lock all the same. */
  @ParameterizedTest
  @EnumSource
  void lockKeepsTheInterrupt(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor waiter = actors.actor("waiter");
      lock.lock();
      var waiting = waiter.start(lock::lock);
      waiting.awaitBlocked();
      waiter.interrupt();
      waiting.awaitBlocked();
      waiting.assertNotDone();
      lock.unlock();
      assertThat(waiting.endedInterrupted()).isTrue();
      waiter.run(lock::unlock);
    }
  }
}
