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
 * Two threads each submit a task that waits for the other one, while the two threads of the pool go
 * to sleep, or sleep: one of them is called for the first task, and the other one, too.
 */
@JCStressTest
@Outcome(id = "2", expect = ACCEPTABLE, desc = "Both ran, at the same time.")
@Outcome(expect = FORBIDDEN, desc = "A task sits in the queue, and a thread sleeps.")
@State
public class SleepersAreCalled extends Pools {
  /** Once it has been found that the pool loses wake-ups there is nothing to wait for. */
  private static volatile boolean lost;

  private final CountDownLatch first = new CountDownLatch(1);
  private final CountDownLatch second = new CountDownLatch(1);

  public SleepersAreCalled() {
    super(sleepy(2));
    CountDownLatch one = new CountDownLatch(1);
    CountDownLatch other = new CountDownLatch(1);
    pool.execute(() -> meet(one, other));
    pool.execute(() -> meet(other, one));
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
    r.r1 = runsOf(2, !lost);
    lost |= r.r1 < 2;
    pool.resize(0, 2); // wakes them
    pool.close();
  }
}
