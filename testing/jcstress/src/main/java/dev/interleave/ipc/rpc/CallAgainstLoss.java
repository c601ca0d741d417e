// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A call is made when the connection is lost for good, and must not wait for ever. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Told.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "Waits for a reply that cannot come.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "Told something else.")
@State
public class CallAgainstLoss {
  private final RpcClient client =
      Calls.readByItsThread(
          Calls.connected(RpcClient.builder(Calls.Losing.SERVER.transport())),
          Calls.Losing.PROMISES);

  public CallAgainstLoss() {}

  @Actor
  public void calls() {
    try {
      while (true) {
        Object unused = client.call("Box", Calls.GET, Calls.PATIENT);
      }
    } catch (PeerLostException e) {
      // as it should be
    }
  }

  @Signal
  public void drops() {
    Calls.Losing.SERVER.dropConnections();
  }
}
