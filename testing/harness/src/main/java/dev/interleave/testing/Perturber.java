// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides what happens at a sync point: a pure function of the seed, the number of the perturbed
 * round, the actor and the number of the point, so that a round can be repeated without a record of
 * its decisions.
 *
 * <p>A quarter of the rounds is only watched. In a quarter a single actor is held up once, which is
 * all it takes for most bugs and leaves the rest of the interleaving as it is (few preemption
 * points suffice: Burckhardt et al., A Randomized Scheduler with Probabilistic Guarantees of
 * Finding Bugs, ASPLOS 2010). In the other half anything may happen at any point. Immutable.
 */
final class Perturber {
  /** The longest delay is 2 to this number spins, less one. */
  static final int DOUBLINGS = 11;

  private static final int POINTS_TO_HOLD_UP = 4;

  private final long seed;
  private final int actors;
  private final List<Perturbation> all;
  private final List<Perturbation> holdUps;

  /** What to do at one point: nothing, or something of a certain length or to a certain actor. */
  record Decision(@Nullable Perturbation what, int amount, int target) {
    static final Decision NOTHING = new Decision(null, 0, 0);
  }

  Perturber(long seed, int actors, Set<Perturbation> allowed) {
    this.seed = seed;
    this.actors = actors;
    this.all = List.copyOf(new java.util.TreeSet<>(allowed)); // in an order that is always the same
    this.holdUps = all.stream().filter(Perturbation::isHoldUp).toList();
  }

  Decision decide(long round, int actor, int point) {
    if (all.isEmpty()) {
      return Decision.NOTHING;
    }
    long ofRound = mix(mix(seed) + round);
    int profile = (int) (ofRound & 7);
    if (profile < 2) {
      return Decision.NOTHING;
    }
    long ofPoint = mix(ofRound + 31L * actor + 1_000_003L * point + 1);
    if (profile < 4) {
      boolean here =
          actor == Math.floorMod(ofRound >>> 8, actors)
              && point == Math.floorMod(ofRound >>> 32, POINTS_TO_HOLD_UP);
      return here && !holdUps.isEmpty() ? pick(holdUps, ofPoint) : Decision.NOTHING;
    }
    return (ofPoint & 1) == 0 ? Decision.NOTHING : pick(all, ofPoint);
  }

  private Decision pick(List<Perturbation> from, long random) {
    Perturbation what = from.get(Math.floorMod((int) (random >>> 8) & 0xffff, from.size()));
    // Log-uniform, so that short delays are as frequent as long ones.
    int highest = 1 << Math.floorMod((int) (random >>> 24) & 0xff, DOUBLINGS);
    int amount = highest + ((int) (random >>> 32) & (highest - 1));
    int target = Math.floorMod((int) (random >>> 48) & 0xffff, actors);
    return new Decision(what, amount, target);
  }

  /** The finalizer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), as in SplittableRandom. */
  private static long mix(long z) {
    z += 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
