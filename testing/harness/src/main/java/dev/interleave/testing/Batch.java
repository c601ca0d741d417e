// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import org.jspecify.annotations.Nullable;

/**
 * Some rounds that are prepared together, then run, then judged. Its arrays are new each time,
 * since a garbage collector charges more for stores into old ones.
 *
 * <p>Elements are written by one worker each; the meetings of the workers order the phases.
 */
final class Batch {
  private static final long BARE = -1;

  // After a meeting the actors are together, and contend for every subject; later they may drift
  // apart. A meeting costs as much as some ten short rounds. Other code has other moments than a
  // counter: some of each.
  private static final int SMALL_GROUP = 16;
  private static final int LARGE_GROUP = 256;
  private static final int CYCLE = 8;
  private static final int SMALL_AT = 0;
  private static final int WHOLE_AT = 4;

  final long number;

  /** Rounds after which the workers wait for each other. */
  final int group;

  final @Nullable Object[] subjects;

  /** By actor; null for one that returns nothing and has thrown nothing. */
  final @Nullable Object[] @Nullable [] results;

  private final long perturbedRound;
  private int size;

  private Batch(long number, int size, long perturbedRound, Plan<?> plan) {
    this.number = number;
    this.size = size;
    this.group = group((int) (number % CYCLE), size);
    this.perturbedRound = perturbedRound;
    this.subjects = new Object[size];
    this.results = new Object[plan.actors().size()][];
    for (int i = 0; i < results.length; i++) {
      results[i] = plan.actors().get(i).returns() ? new Object[size] : null;
    }
  }

  private static int group(int place, int size) {
    return switch (place) {
      case SMALL_AT -> SMALL_GROUP;
      case WHOLE_AT -> size;
      default -> LARGE_GROUP;
    };
  }

  static Batch bare(long number, int size, Plan<?> plan) {
    return new Batch(number, size, BARE, plan);
  }

  static Batch perturbed(long number, long round, Plan<?> plan) {
    return new Batch(number, 1, round, plan);
  }

  /** Returns the number of rounds; changed only while all workers meet. */
  int size() {
    return size;
  }

  /**
   * Returns where one of several equal shares of the rounds begins. These are the shares in which
   * rounds are judged; subjects are made by turns, each worker making every second one, if there
   * are two. What a worker has made is in the cache of its processor: were it half a batch in one
   * piece, its actor would run away from the others there.
   */
  int share(int index, int shares) {
    return (int) ((long) size * index / shares);
  }

  /**
   * Drops the rounds that have no subject: those who make them by turns have made so many each.
   * Called while all workers meet.
   */
  void keepPrepared(int[] prepared) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (i / prepared.length < prepared[i % prepared.length]) {
        subjects[kept++] = subjects[i];
      }
    }
    size = kept;
  }

  /** Drops the rounds that were not run. Called while all workers meet. */
  void keepRun(int count) {
    size = count;
  }

  boolean isPerturbed() {
    return perturbedRound != BARE;
  }

  /** Returns the number of its only round among the perturbed ones. */
  long perturbedRound() {
    return perturbedRound;
  }
}
