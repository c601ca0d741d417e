// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.pool;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLLL_Result;

/**
 * A task is cancelled when it is about to end, and another one follows on the same thread: the
 * answer of cancel is right, the books agree with it, and the other task is not interrupted.
 */
@JCStressTest
@Outcome(id = "true, cancelled, false, 1 and 1", expect = ACCEPTABLE, desc = "Cancelled.")
@Outcome(id = "false, done, false, 2 and 0", expect = ACCEPTABLE, desc = "Done.")
@Outcome(expect = FORBIDDEN, desc = "Neither, both, or the wrong one was interrupted.")
@State
public class CancelAgainstCompletion extends Pools {
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);
  private final CompletableFuture<String> future;
  private final CompletableFuture<Boolean> next;

  @SuppressWarnings(
      "ThreadPriorityCheck") // lets other virtual threads run, which are not preempted
  public CancelAgainstCompletion() {
    super(elastic(1));
    future =
        pool.submit(() -> {
          begun.countDown();
          try {
            gate.await(); // and leaves its carrier to the tasks of other states
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // left behind
          }
          return "done";
        });
    next = pool.submit(Pools::isInterrupted);
    // So that it mostly runs when it is cancelled; not for long, as many of these may be made
    // before the first is let go.
    long start = System.nanoTime();
    while (begun.getCount() > 0 && System.nanoTime() - start < 50_000) {
      Thread.onSpinWait();
    }
  }

  @Actor
  public void cancels(LLLL_Result r) {
    r.r1 = future.cancel(true);
  }

  @Actor
  public void letsItGo() {
    gate.countDown();
  }

  @Arbiter
  public void judge(LLLL_Result r) {
    r.r3 = next.join();
    pool.close();
    r.r2 = outcome(future);
    r.r4 = pool.stats().completed() + " and " + pool.stats().cancelled();
  }
}
