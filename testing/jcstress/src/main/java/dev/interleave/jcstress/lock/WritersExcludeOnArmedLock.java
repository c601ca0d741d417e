// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two writers, one of which has to take the bias away: it is next, but not in, for a moment, and
 * the other must not take its place. Forbidden: a lost update.
 */
@JCStressTest
@Outcome(id = "4, 4", expect = ACCEPTABLE, desc = "Every write counted.")
@Outcome(
    expect = FORBIDDEN,
    desc = "A write is lost: two writers were in at once, or one did not see the other's.")
@State
public class WritersExcludeOnArmedLock extends GuardedPair {
  public WritersExcludeOnArmedLock() {
    super(armed(Preference.WRITERS));
  }

  @Actor
  public void writer1() {
    meet();
    writePairs(2);
  }

  @Actor
  public void writer2() {
    meet();
    writePairs(2);
  }

  @Arbiter
  public void sum(II_Result r) {
    r.r1 = left;
    r.r2 = right;
  }
}
