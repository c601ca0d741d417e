// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.BiasedReadWriteLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two writers on a lock that nobody has read: the compare-and-set from the free word, the queue,
 * and the visibility of one's plain stores to the other. Forbidden: a lost update.
 */
@JCStressTest
@Outcome(id = "4, 4", expect = ACCEPTABLE, desc = "Every write counted.")
@Outcome(
    expect = FORBIDDEN,
    desc = "A write is lost: two writers were in at once, or one did not see the other's.")
@State
public class WritersExclude extends GuardedPair {
  public WritersExclude() {
    super(new BiasedReadWriteLock());
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
