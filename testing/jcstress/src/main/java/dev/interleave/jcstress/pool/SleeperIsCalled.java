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
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A thread that has run a task goes to sleep while others are submitted, sooner or later after it:
 * each is run, although no thread is started for it.
 */
@JCStressTest
@Outcome(id = "16", expect = ACCEPTABLE, desc = "All ran.")
@Outcome(expect = FORBIDDEN, desc = "A task sits in the queue, and the thread sleeps.")
@State
public class SleeperIsCalled extends Pools {
  private static final int TASKS = 8;

  /** Once it has been found that the pool loses wake-ups there is nothing to wait for. */
  private static volatile boolean lost;

  public SleeperIsCalled() {
    super(sleepy(1));
  }

  @Actor
  public void submitsSome() {
    submit(200);
  }

  @Actor
  public void submitsOthers() {
    submit(330);
  }

  private void submit(int step) {
    for (int i = 0; i < TASKS; i++) {
      boolean unused = submits();
      long start = System.nanoTime();
      while (System.nanoTime() - start < (long) i * step) {
        Thread.onSpinWait();
      }
    }
  }

  @Arbiter
  public void count(I_Result r) {
    r.r1 = runsOf(2 * TASKS, !lost);
    lost |= r.r1 < 2 * TASKS;
    pool.resize(0, 1); // wakes it
    pool.close();
  }
}
