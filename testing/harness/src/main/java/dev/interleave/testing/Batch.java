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

  // A meeting costs as much as some ten short rounds. After it the actors are together; later they
  // drift apart. On a plain counter, groups of 16 lose three times as many updates per round as
  // groups of 256, at half the rounds per second: some of each.
  private static final int SMALL_GROUP = 16;
  private static final int LARGE_GROUP = 256;

  final long number;
  final int size;

  /** Rounds between two meetings of the workers. */
  final int group;

  final @Nullable Object[] subjects;

  /** By actor; null for one that returns nothing and has thrown nothing. */
  final @Nullable Object[] @Nullable [] results;

  /** What the arbiter said of each round, if there is something to judge. */
  final @Nullable Object @Nullable [] verdicts;

  private final long perturbedRound;

  private Batch(long number, int size, long perturbedRound, Plan<?> plan) {
    this.number = number;
    this.size = size;
    this.group = number % 4 == 0 ? SMALL_GROUP : LARGE_GROUP;
    this.perturbedRound = perturbedRound;
    this.subjects = new Object[size];
    this.results = new Object[plan.actors().size()][];
    for (int i = 0; i < results.length; i++) {
      results[i] = plan.actors().get(i).returns() ? new Object[size] : null;
    }
    this.verdicts = plan.judges() ? new Object[size] : null;
  }

  static Batch bare(long number, int size, Plan<?> plan) {
    return new Batch(number, size, BARE, plan);
  }

  static Batch perturbed(long number, long round, Plan<?> plan) {
    return new Batch(number, 1, round, plan);
  }

  boolean isPerturbed() {
    return perturbedRound != BARE;
  }

  /** Returns the number of its only round among the perturbed ones. */
  long perturbedRound() {
    return perturbedRound;
  }
}
