// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.pool;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.pool.MonitoredPool;
import dev.interleave.pool.PoolStarvationException;
import java.util.concurrent.CountDownLatch;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Both threads of a pool are about to wait for tasks that are queued: the one that is later, or
 * both, are refused, and never neither.
 */
@JCStressTest
@Outcome(id = "1", expect = ACCEPTABLE, desc = "One was refused; its thread ran the other's task.")
@Outcome(id = "2", expect = ACCEPTABLE, desc = "Each was refused when the other had begun again.")
@Outcome(expect = FORBIDDEN, desc = "Nobody was refused.")
@State
public class StarvationIsSeen extends Pools {
  private final CountDownLatch first = new CountDownLatch(1);
  private final CountDownLatch second = new CountDownLatch(1);

  public StarvationIsSeen() {
    super(MonitoredPool.builder("jobs").virtual(2).build());
  }

  @Actor
  public void submitsOne() {
    waiter(first, second);
  }

  @Actor
  public void submitsOther() {
    waiter(second, first);
  }

  private void waiter(CountDownLatch here, CountDownLatch there) {
    pool.submit(
            () -> {
              meet(here, there);
              try {
                return pool.submit(() -> "done").join();
              } catch (PoolStarvationException e) {
                runs.incrementAndGet();
                return "refused";
              }
            })
        .join();
  }

  @Arbiter
  public void count(I_Result r) {
    pool.close();
    r.r1 = runs.get();
  }
}
