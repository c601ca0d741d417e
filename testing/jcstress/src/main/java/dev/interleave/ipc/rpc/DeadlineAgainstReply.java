// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import java.util.Objects;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** The reply to a call comes when its time is up: it is one or the other, for its caller. */
@JCStressTest
@Outcome(id = "replied, null", expect = ACCEPTABLE, desc = "In time.")
@Outcome(id = "late, null", expect = ACCEPTABLE, desc = "Too late.")
@Outcome(expect = FORBIDDEN, desc = "Something else.")
@State
public class DeadlineAgainstReply {
  private static final Duration MOMENT = Duration.ofNanos(60_000);
  private static final CallOptions HASTY = CallOptions.unset().withTimeout(MOMENT);

  private static final RpcClient CLIENT =
      Calls.readByItsThread(Calls.Shared.CLIENT, Calls.Shared.PROMISES);

  private final long number = Calls.Shared.PROMISES.make();

  public DeadlineAgainstReply() {}

  @Actor
  public void calls(LL_Result r) {
    try {
      Object value = CLIENT.call("Box", Calls.LATER, HASTY, number);
      r.r1 = Objects.equals(value, number) ? "replied" : "wrong";
    } catch (CallTimeoutException e) {
      r.r1 = "late";
    } catch (RuntimeException e) {
      r.r1 = e.toString();
    }
  }

  @Actor
  public void replies() {
    long start = System.nanoTime();
    while (System.nanoTime() - start < MOMENT.toNanos() - 10_000) {
      Thread.onSpinWait();
    }
    Calls.Shared.PROMISES.keep(number);
  }

  @Arbiter
  public void forgets() {
    Calls.Shared.PROMISES.forget(number);
  }
}
