// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.pool;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.pool.MonitoredPool;
import java.util.concurrent.CountDownLatch;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A pool whose only thread is busy until a second task lets it go gets that task and room for one
 * more thread at the same time: the task may not sit in the queue.
 */
@JCStressTest
@Outcome(id = "2", expect = ACCEPTABLE, desc = "Both ran, at the same time.")
@Outcome(expect = FORBIDDEN, desc = "A task was lost.")
@State
public class GrowAgainstSubmit extends Pools {
  private final CountDownLatch first = new CountDownLatch(1);
  private final CountDownLatch second = new CountDownLatch(1);

  public GrowAgainstSubmit() {
    super(MonitoredPool.builder("jobs").virtual(1).build());
    pool.execute(() -> {
      meet(first, second);
      runs.incrementAndGet();
    });
  }

  @Actor
  public void submitsOne() {
    pool.execute(() -> {
      meet(second, first);
      runs.incrementAndGet();
    });
  }

  @Actor
  public void grows() {
    pool.resize(0, 2);
  }

  @Arbiter
  public void count(I_Result r) {
    pool.close();
    r.r1 = runs.get();
  }
}
