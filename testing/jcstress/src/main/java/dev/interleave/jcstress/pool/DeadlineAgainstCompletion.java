// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.pool;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.Deadline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LZL_Result;

/**
 * A task ends about when its deadline passes, and another one follows on the same thread: the task
 * is one or the other, the books agree with that, and the other task is not interrupted.
 */
@JCStressTest
@Outcome(id = "done, false, 2 and 0", expect = ACCEPTABLE, desc = "In time.")
@Outcome(id = "late, false, 1 and 1", expect = ACCEPTABLE, desc = "Too late.")
@Outcome(expect = FORBIDDEN, desc = "Neither, both, or the wrong one was interrupted.")
@State
public class DeadlineAgainstCompletion extends Pools {
  private static final Duration MOMENT = Duration.ofNanos(30_000);

  private volatile boolean go;

  public DeadlineAgainstCompletion() {
    super(elastic(1));
  }

  @Actor
  public void submits(LZL_Result r) {
    CompletableFuture<String> future =
        pool.submit(
            () -> {
              while (!go && !Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
              }
              return "done";
            },
            Deadline.after(MOMENT));
    CompletableFuture<Boolean> next = pool.submit(Pools::isInterrupted);
    r.r2 = next.join();
    r.r1 = result(future);
  }

  @Actor
  public void letsItGo() {
    long start = System.nanoTime();
    while (System.nanoTime() - start < MOMENT.toNanos()) {
      Thread.onSpinWait();
    }
    go = true;
  }

  private static String result(CompletableFuture<String> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      return e.getCause() instanceof TimeoutException ? "late" : "failed";
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }

  @Arbiter
  public void judge(LZL_Result r) {
    pool.close();
    r.r3 = pool.stats().completed() + " and " + pool.stats().timedOut();
  }
}
