// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The defects of the handbook's read-write lock, each as a test that it is not ours. The number is
 * that of the pattern catalogue. Those of its cache, C-34, are in {@code GuardedCacheTest} of the
 * examples; what the kit asks of every mode goes further ({@link BiasedReadWriteLockContractTest}).
 */
@SuppressWarnings("LockNotBeforeTry") // who fails fails the test
class ReadWriteLockDefectsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Nested
  class C33 {
    private static final int WRITER = 1 << 16;

    private final BiasedReadWriteLock lock = BiasedReadWriteLock.builder().name("handbook").build();

    /** It guarded one set of counters by two locks. */
    @ParameterizedTest
    @EnumSource
    void aReaderAndAWriterAreNeverInTogether(ThreadKind kind) throws Exception {
      AtomicInteger in = new AtomicInteger();
      try (Actors actors = new Actors(kind, PATIENCE)) {
        actors.race(
            actors.actors(4, "racer"),
            Duration.ofMillis(200),
            (racer, round) -> {
              if (racer < 2) {
                try (var g = lock.write()) {
                  assertThat(in.getAndAdd(WRITER)).isZero();
                  in.addAndGet(-WRITER);
                }
              } else {
                try (var g = lock.read()) {
                  assertThat(in.getAndIncrement()).isLessThan(WRITER);
                  in.decrementAndGet();
                }
              }
            });
      }
      assertThat(in).hasValue(0);
    }

    /** It told the other readers. */
    @ParameterizedTest
    @EnumSource
    void theLastReaderWakesTheWriter(ThreadKind kind) throws Exception {
      try (Actors actors = new Actors(kind, PATIENCE)) {
        Actor first = actors.actor("first");
        Actor last = actors.actor("last");
        first.run(lock.readLock()::lock);
        last.run(lock.readLock()::lock);
        Step<?> writing = actors.actor("writer").start(lock.writeLock()::lock);
        writing.awaitBlocked();
        first.run(lock.readLock()::unlock);
        writing.assertNotDone();
        last.run(lock.readLock()::unlock);
        writing.result();
      }
    }

    /** Readers that overlapped kept its writer out for ever. */
    @ParameterizedTest
    @CsvSource({"WRITERS, PLATFORM", "WRITERS, VIRTUAL", "FAIR, PLATFORM", "FAIR, VIRTUAL"})
    void aReaderThatArrivesDoesNotOvertakeTheWriterThatIsNext(
        Preference preference, ThreadKind kind) throws Exception {
      BiasedReadWriteLock lock =
          BiasedReadWriteLock.builder().name("handbook").preference(preference).build();
      try (Actors actors = new Actors(kind, PATIENCE)) {
        Actor early = actors.actor("early");
        early.run(lock.readLock()::lock);
        Step<?> writing = actors.actor("writer").start(lock.writeLock()::lock);
        writing.awaitBlocked();
        assertThat(actors.actor("late").ask(() -> lock.readLock().tryLock(0, TimeUnit.NANOSECONDS)))
            .isFalse();
        early.run(lock.readLock()::unlock);
        writing.result();
      }
    }

    /** It counted minus one reader, and let nobody write any more. */
    @ParameterizedTest
    @EnumSource
    void aReleaseWithoutAHoldIsRefusedAndChangesNothing(ThreadKind kind) throws Exception {
      try (Actors actors = new Actors(kind, PATIENCE)) {
        Actor stranger = actors.actor("stranger");
        for (Lock side : new Lock[] {lock.readLock(), lock.writeLock()}) {
          assertThat(stranger.start(side::unlock).failure(IllegalMonitorStateException.class))
              .hasMessageContaining("handbook");
        }
        assertThat(stranger.ask(lock.writeLock()::tryLock)).isTrue();
        stranger.run(lock.writeLock()::unlock);
        assertThat(lock.holders()).isEmpty();
      }
    }
  }
}
