// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;

/** Readers and writers in a mix of all forms: they exclude and see each other, and leak nothing. */
abstract class ReadWriteStressContract extends StarvationContract {
  private static final int RACERS = 5;
  private static final int ROUNDS_PER_WRITE = 4;

  /** What a writer wrote is seen, whole, by the readers and writers after it: a stress. */
  @ContractTest
  public void readersSeeWhatWritersWrote(Actors actors) throws InterruptedException {
    Sides lock = sides();
    Guarded guarded = new Guarded();
    AtomicLong writes = new AtomicLong();
    actors.race(
        actors.actors(RACERS, "racer"),
        stressTime(),
        (racer, round) -> {
          boolean writer = (racer + round) % ROUNDS_PER_WRITE == 0;
          Acquire how = Acquire.ALL.get(round % Acquire.ALL.size());
          if (writer) {
            if (how.on(lock.write())) {
              try {
                guarded.write();
              } finally {
                lock.write().unlock();
              }
              writes.incrementAndGet();
            }
          } else if (how.on(lock.read())) {
            try {
              guarded.read();
            } finally {
              lock.read().unlock();
            }
          }
        });
    assertWrites(lock, guarded, writes.get(), actors.actor("last"));
  }

  /** So it is with timeouts, interrupts, re-entries and downgrades in all places: a stress. */
  @ContractTest
  public void mixOfReadersAndWritersLeaksNothing(Actors actors) throws InterruptedException {
    Sides lock = sides();
    Guarded guarded = new Guarded();
    AtomicLong writes = new AtomicLong();
    List<Actor> racers = actors.actors(RACERS, "racer");
    Chaos chaos = new Chaos(racers);
    actors.race(
        racers,
        stressTime(),
        (racer, round) -> {
          chaos.maybeInterruptSomeone(racer);
          if (!chaos.chance(racer, ROUNDS_PER_WRITE)) {
            read(racer, chaos, lock.read(), guarded);
          } else if (chaos.tryAcquire(racer, lock.write())) {
            write(racer, chaos, lock, guarded);
            writes.incrementAndGet();
          }
        });
    assertWrites(lock, guarded, writes.get(), actors.actor("last"));
  }

  private void read(int racer, Chaos chaos, Lock read, Guarded guarded) {
    if (chaos.tryAcquire(racer, read)) {
      try {
        boolean again = reentrant() && chaos.tryAcquire(racer, read);
        guarded.read();
        if (again) {
          read.unlock();
        }
        guarded.read();
      } finally {
        read.unlock();
      }
    }
  }

  /** Writes, then downgrades if it can, and reads what it wrote. */
  private void write(int racer, Chaos chaos, Sides lock, Guarded guarded) {
    boolean again;
    boolean reads;
    try {
      again = reentrant() && chaos.tryAcquire(racer, lock.write());
      guarded.write();
      reads = downgradable() && chaos.tryAcquire(racer, lock.read());
      if (again) {
        lock.write().unlock();
      }
    } finally {
      lock.write().unlock();
    }
    if (reads) {
      try {
        guarded.read();
      } finally {
        lock.read().unlock();
      }
    }
  }

  private static void assertWrites(Sides lock, Guarded guarded, long writes, Actor last)
      throws InterruptedException {
    lock.assertFree(last);
    last.run(lock.read()::lock);
    assertEquals(writes, last.call(guarded::read), "writes lost");
    last.run(lock.read()::unlock);
  }
}
