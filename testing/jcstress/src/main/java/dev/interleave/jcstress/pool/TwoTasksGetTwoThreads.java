// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.pool;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CountDownLatch;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Two threads each submit a task that waits for the other one, to a pool that may have two threads
 * and has one that is about to end: neither task may sit in the queue.
 */
@JCStressTest
@Outcome(id = "2", expect = ACCEPTABLE, desc = "Both ran, at the same time.")
@Outcome(expect = FORBIDDEN, desc = "A task was lost.")
@State
public class TwoTasksGetTwoThreads extends Pools {
  private final CountDownLatch first = new CountDownLatch(1);
  private final CountDownLatch second = new CountDownLatch(1);

  public TwoTasksGetTwoThreads() {
    super(elastic(2));
    pool.execute(() -> {});
  }

  @Actor
  public void submitsOne() {
    pool.execute(() -> {
      meet(first, second);
      runs.incrementAndGet();
    });
  }

  @Actor
  public void submitsOther() {
    pool.execute(() -> {
      meet(second, first);
      runs.incrementAndGet();
    });
  }

  @Arbiter
  public void count(I_Result r) {
    pool.close();
    r.r1 = runs.get();
  }
}
