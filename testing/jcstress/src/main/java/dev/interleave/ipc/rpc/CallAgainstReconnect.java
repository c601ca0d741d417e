// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/**
 * Calls are made while the connection is lost and there is a new one. Each of them fails, or has a
 * reply over one of the two.
 */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "All have ended.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "One was forgotten between two connections.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "One ended otherwise.")
@State
public class CallAgainstReconnect {
  private final RpcClient client;
  private volatile boolean dropped;

  public CallAgainstReconnect() {
    Duration atOnce = Duration.ofNanos(1);
    client =
        Calls.readByItsThread(
            Calls.connected(
                RpcClient.builder(Calls.Losing.SERVER.transport())
                    .reconnect(atOnce, atOnce, Duration.ofHours(1))),
            Calls.Losing.PROMISES);
  }

  @Actor
  public void calls() {
    try (client) {
      boolean last;
      do {
        last = dropped;
        call();
      } while (!last);
      call();
    }
  }

  private void call() {
    try {
      Object unused = client.call("Box", Calls.GET, Calls.PATIENT);
    } catch (PeerLostException e) {
      // it may have been on its way
    }
  }

  @Signal
  public void drops() {
    Calls.Losing.SERVER.dropConnections();
    dropped = true;
  }
}
