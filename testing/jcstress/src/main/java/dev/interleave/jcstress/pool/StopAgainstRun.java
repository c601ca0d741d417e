// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.pool;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.RejectedExecutionException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/**
 * Two tasks without a future, the second of which is queued, begin and end while the pool is
 * stopped: one that runs for longer is interrupted, whenever it began.
 */
@JCStressTest
@Outcome(id = "true, [01]", expect = ACCEPTABLE, desc = "Whatever ran was interrupted.")
@Outcome(expect = FORBIDDEN, desc = "A task that ran was not interrupted.")
@State
public class StopAgainstRun extends Pools {
  private static final long LIMIT_NANOS = 20_000_000_000L;

  private volatile boolean missed;
  private int returned;

  public StopAgainstRun() {
    super(elastic(1));
  }

  @Actor
  public void submitsTwo() {
    boolean first = submits();
    if (first) {
      try {
        pool.execute(this::runUntilInterrupted);
      } catch (RejectedExecutionException e) {
        returned = 1;
      }
    }
  }

  private void runUntilInterrupted() {
    long start = System.nanoTime();
    while (!Thread.currentThread().isInterrupted()) {
      if (missed || System.nanoTime() - start > LIMIT_NANOS) {
        missed = true;
        return;
      }
      Thread.onSpinWait();
    }
  }

  @Actor
  public void stops() {
    int unused = pool.shutdownNow().size();
  }

  @Arbiter
  public void look(ZI_Result r) {
    pool.close();
    r.r1 = !missed;
    r.r2 = returned;
  }
}
