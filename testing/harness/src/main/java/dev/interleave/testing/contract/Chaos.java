// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

/**
 * What racers do at random, from a fixed seed: acquire a lock in any way, with short time limits,
 * and interrupt one another. Each racer calls it with its own index only.
 */
final class Chaos {
  private static final long SEED = 33;
  private static final int ROUNDS_PER_INTERRUPT = 8;
  private static final int LONGEST_TIMEOUT_NANOS = 200_000;

  private final List<Actor> racers;
  private final List<SplittableRandom> randoms;

  Chaos(List<Actor> racers) {
    this.racers = racers;
    SplittableRandom seeds = new SplittableRandom(SEED);
    this.randoms = racers.stream().map(racer -> seeds.split()).toList();
  }

  boolean chance(int racer, int oneIn) {
    return randoms.get(racer).nextInt(oneIn) == 0;
  }

  void maybeInterruptSomeone(int racer) {
    if (chance(racer, ROUNDS_PER_INTERRUPT)) {
      racers.get(randoms.get(racer).nextInt(racers.size())).interrupt();
    }
  }

  /**
   * Returns whether the lock was acquired; if not, then by a timeout, an interrupt or a refusal.
   */
  boolean tryAcquire(int racer, Lock lock) {
    SplittableRandom random = randoms.get(racer);
    Acquire how = Acquire.ALL.get(random.nextInt(Acquire.ALL.size()));
    try {
      return how == Acquire.TIMED_TRY_LOCK
          ? lock.tryLock(random.nextInt(LONGEST_TIMEOUT_NANOS), TimeUnit.NANOSECONDS)
          : how.on(lock);
    } catch (InterruptedException e) {
      return false; // one of the outcomes that the race is about
    }
  }
}
