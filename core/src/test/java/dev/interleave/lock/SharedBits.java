// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.lock.BiasedReadWriteLock.Preference;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program, for a JVM of its own: readers whose slots share a bit of the lock's state, so far as
 * the number of processors lets any, against each other and a writer.
 */
final class SharedBits {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration RACE = Duration.ofMillis(100);
  private static final int READERS = 4;
  private static final int FIRST_READS = 10_000;

  private final BiasedReadWriteLock lock;
  private final Actors actors;
  private final List<Actor> readers;
  private final Actor writer;

  // ---- guarded by the lock
  private long one;
  private long other;

  private SharedBits(Preference preference, Actors actors) throws InterruptedException {
    lock = BiasedReadWriteLock.builder().name("prices").preference(preference).build();
    this.actors = actors;
    writer = actors.actor("writer");
    readers = readersOfOneBit(actors);
    for (Actor reader : readers) {
      reader.run(() -> {
        for (int i = 0; i < FIRST_READS; i++) {
          lock.read().close();
        }
      });
    }
    assertThat(lock.stats().biased()).isTrue();
  }

  /** What the program prints in the end. */
  static String passed(int processors) {
    return processors + " processors: passed";
  }

  /**
   * Runs.
   *
   * @param args none
   */
  public static void main(String[] args) throws Exception {
    for (Preference preference : Preference.values()) {
      for (ThreadKind kind : ThreadKind.values()) {
        try (Actors actors = new Actors(kind, PATIENCE)) {
          SharedBits bits = new SharedBits(preference, actors);
          bits.aWriterIsNotInWithAnyOfThem();
          bits.aWriterWaitsForTheLastOfThem();
          bits.whatIsGuardedIsWhole();
        }
      }
    }
    System.out.println(passed(Runtime.getRuntime().availableProcessors()));
  }

  /** Those whose home slots are as far apart as there are bits, or the same. */
  private static List<Actor> readersOfOneBit(Actors actors) {
    List<Actor> readers = new ArrayList<>();
    while (readers.size() < READERS) {
      Actor actor = actors.actor("reader");
      if (actor.thread().threadId() % ReaderSlots.BITS == 7) {
        readers.add(actor);
      }
    }
    return readers;
  }

  private List<@Nullable Thread> holders() {
    return lock.holders().stream().<@Nullable Thread>map(LockHolder::thread).toList();
  }

  private void aWriterIsNotInWithAnyOfThem() throws InterruptedException {
    for (Actor reader : readers) {
      Guard hold = reader.call(lock::read);
      assertThat(holders()).containsExactly(reader.thread());
      assertThat(writer.ask(() -> lock.writeLock().tryLock())).isFalse();
      reader.run(hold::close);
    }
    assertThat(holders()).isEmpty();
  }

  private void aWriterWaitsForTheLastOfThem() throws InterruptedException {
    List<Guard> holds = new ArrayList<>();
    for (Actor reader : readers) {
      holds.add(reader.call(lock::read));
    }
    assertThat(holders())
        .containsExactlyInAnyOrderElementsOf(readers.stream().map(Actor::thread).toList());
    Step<Guard> writing = writer.startCall(() -> lock.write(Deadline.after(PATIENCE)));
    writing.awaitBlocked();
    for (int i = 0; i < READERS; i++) {
      writing.assertNotDone();
      readers.get(i).run(holds.get(i)::close);
    }
    Guard hold = writing.result();
    assertThat(holders()).containsExactly(writer.thread());
    assertThat(readers).noneMatch(this::canRead);
    writer.run(hold::close);
  }

  private boolean canRead(Actor reader) {
    try {
      return reader.ask(() -> lock.readLock().tryLock());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Each twentieth round writes; the others are enough for the bias to come back. */
  private void whatIsGuardedIsWhole() throws InterruptedException {
    LockStats before = lock.stats();
    actors.race(
        readers,
        RACE,
        (racer, round) -> {
          if ((round + racer) % 20 == 0) {
            try (Guard g = lock.write()) {
              one++;
              other++;
            }
          } else {
            try (Guard g = lock.read()) {
              assertThat(one).isEqualTo(other);
            }
          }
        });
    assertThat(holders()).isEmpty();
    assertThat(one).isPositive();
    assertThat(lock.stats().writes() - before.writes()).isEqualTo(one);
    if (lock.stats().preference() != Preference.FAIR) {
      assertThat(lock.stats().revocations()).isGreaterThan(before.revocations() + 1);
    }
  }
}
