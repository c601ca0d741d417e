// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.Task;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What "Who goes first" in {@code docs/lock.md} says, as far as the kit cannot ask it. */
@SuppressWarnings("LockNotBeforeTry") // who fails fails the test
class WhoGoesFirstTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Readers and writers alike: the reader behind the writer could come in with the one before. */
  @ParameterizedTest
  @EnumSource
  void fairIsInTheOrderOfArrival(ThreadKind kind) throws Exception {
    BiasedReadWriteLock lock =
        BiasedReadWriteLock.builder().name("fair").preference(Preference.FAIR).build();
    List<String> order = new CopyOnWriteArrayList<>();
    CountDownLatch firstIsIn = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor holder = actors.actor("holder");
      holder.run(lock.writeLock()::lock);
      Step<?> first =
          arrive(
              actors.actor("first reader"),
              lock.readLock(),
              () -> {
                order.add("first reader");
                firstIsIn.countDown();
                leave.await();
              });
      Step<?> writer = arrive(actors.actor("writer"), lock.writeLock(), () -> order.add("writer"));
      Step<?> last =
          arrive(actors.actor("last reader"), lock.readLock(), () -> order.add("last reader"));
      holder.run(lock.writeLock()::unlock);
      firstIsIn.await();
      assertThat(holder.ask(() -> lock.readLock().tryLock(0, TimeUnit.NANOSECONDS)))
          .as("who arrives overtakes those in line")
          .isFalse();
      last.assertNotDone();
      leave.countDown();
      first.result();
      writer.result();
      last.result();
    }
    assertThat(order).containsExactly("first reader", "writer", "last reader");
  }

  private static Step<?> arrive(Actor actor, Lock lock, Task whenIn) throws InterruptedException {
    Step<?> arriving =
        actor.start(() -> {
          lock.lock();
          try {
            whenIn.run();
          } finally {
            lock.unlock();
          }
        });
    arriving.awaitBlocked();
    return arriving;
  }

  /** A writer that arrives stands in line, although whom it would overtake has just come. */
  @ParameterizedTest
  @EnumSource
  void underReadersNoWriterOvertakes(ThreadKind kind) throws Exception {
    nobodyOvertakes(kind, Preference.READERS, TokenQueue.WRITER);
  }

  @ParameterizedTest
  @EnumSource
  void underFairNobodyOvertakes(ThreadKind kind) throws Exception {
    nobodyOvertakes(kind, Preference.FAIR, TokenQueue.READER);
    nobodyOvertakes(kind, Preference.FAIR, TokenQueue.WRITER);
  }

  private static void nobodyOvertakes(ThreadKind kind, Preference preference, int who)
      throws Exception {
    ReadWriteSync sync = new ReadWriteSync("prices", preference, true);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor holder = actors.actor("holder");
      Actor asker = actors.actor("asker");
      holder.run(() -> sync.lockWrite(Thread.currentThread()));
      assertThat(asker.ask(() -> sync.mustQueue(who))).isFalse();
      Step<?> reading =
          actors
              .actor("reader")
              .start(() -> {
                sync.lockRead(Thread.currentThread(), null);
                Readers.leave(sync);
              });
      reading.awaitBlocked();
      assertThat(asker.ask(() -> sync.mustQueue(who))).isTrue();
      holder.run(() -> sync.unlockWrite(Thread.currentThread()));
      reading.result();
      assertThat(asker.ask(() -> sync.mustQueue(who))).isFalse();
    }
  }

  /** Longer would starve the first in line, and the page promises this. */
  @Test
  void theFirstInLineIsOvertakenForAMillisecond() {
    assertThat(Duration.ofNanos(TokenQueue.PATIENCE)).isEqualTo(Duration.ofMillis(1));
  }
}
