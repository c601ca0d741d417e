// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** A call is cancelled when its reply is on the way: it ends, and as its future has said. */
@JCStressTest
@Outcome(id = "true, cancelled", expect = ACCEPTABLE, desc = "Cancelled.")
@Outcome(id = "false, replied", expect = ACCEPTABLE, desc = "The reply was faster.")
@Outcome(expect = FORBIDDEN, desc = "It does not end, or not as it was told.")
@State
public class CancelAgainstReply {
  private final long number = Calls.Shared.PROMISES.make();
  private final CompletableFuture<?> future =
      Calls.Shared.CLIENT.callAsync("Box", Calls.LATER, Calls.PATIENT, number);

  public CancelAgainstReply() {}

  @Actor
  public void replies() {
    Calls.Shared.PROMISES.keep(number);
  }

  @Actor
  public void cancels(LL_Result r) {
    r.r1 = future.cancel(true);
  }

  @Arbiter
  public void judge(LL_Result r) {
    try {
      r.r2 = future.get(20, TimeUnit.SECONDS).equals(number) ? "replied" : "wrong";
    } catch (CancellationException e) {
      r.r2 = "cancelled";
    } catch (ExecutionException | TimeoutException | InterruptedException e) {
      r.r2 = e.toString();
    }
    Calls.Shared.PROMISES.forget(number);
  }
}
