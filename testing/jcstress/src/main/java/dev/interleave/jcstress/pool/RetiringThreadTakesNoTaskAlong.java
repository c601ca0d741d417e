// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.pool;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two threads submit to a pool of one thread that ends whenever it has nothing to do: none of their
 * tasks is left behind, and the thread is gone in the end.
 */
@JCStressTest
@Outcome(id = "4, 0", expect = ACCEPTABLE, desc = "All ran.")
@Outcome(expect = FORBIDDEN, desc = "A task or a thread was forgotten.")
@State
public class RetiringThreadTakesNoTaskAlong extends Pools {
  public RetiringThreadTakesNoTaskAlong() {
    super(elastic(1));
  }

  @Actor
  public void submitsTwo() {
    pool.execute(runs::incrementAndGet);
    pool.execute(runs::incrementAndGet);
  }

  @Actor
  public void submitsTwoMore() {
    pool.execute(runs::incrementAndGet);
    pool.execute(runs::incrementAndGet);
  }

  @Arbiter
  public void count(II_Result r) {
    pool.close();
    r.r1 = runs.get();
    r.r2 = pool.stats().live();
  }
}
