// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.pool;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.pool.MonitoredPool;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A pool of two threads, which wait for ever when they are idle, becomes one of one thread while
 * two tasks come in: both run, and all threads are gone in the end.
 */
@JCStressTest
@Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "Both ran.")
@Outcome(expect = FORBIDDEN, desc = "A task or a thread was forgotten.")
@State
public class ShrinkAgainstSubmit extends Pools {
  public ShrinkAgainstSubmit() {
    super(MonitoredPool.builder("jobs").virtual(2).keepAlive(Duration.ofDays(1)).build());
  }

  @Actor
  public void submitsTwo() {
    pool.execute(runs::incrementAndGet);
    pool.execute(runs::incrementAndGet);
  }

  @Actor
  public void shrinks() {
    pool.resize(0, 1);
  }

  @Arbiter
  public void count(II_Result r) {
    pool.close();
    r.r1 = runs.get();
    r.r2 = pool.stats().live();
  }
}
