// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportException;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLJ_Result;

/**
 * A thread waits for its reply, and is interrupted, whether it leads, follows, or has its reply;
 * another one calls at the same time.
 */
@JCStressTest
@Outcome(id = "1, 2, 3", expect = ACCEPTABLE, desc = "The reply was faster.")
@Outcome(id = "interrupted, 2, 3", expect = ACCEPTABLE, desc = "The interrupt was faster.")
@Outcome(expect = FORBIDDEN, desc = "A call that was not interrupted has no reply, or a wrong one.")
@State
public class InterruptOfReaderAgainstCall {
  interface Box {
    long same(long number);
  }

  /** One server and one client for all states. */
  private static final class Shared {
    static final Box BOX = connect();

    private Shared() {}

    private static Box connect() {
      Transport transport = Transport.memory("jcstress-interrupt");
      try {
        RpcServer server =
            RpcServer.builder(transport)
                .lookup(MethodHandles.lookup())
                .register(Box.class, number -> number)
                .direct()
                .start();
        return RpcClient.connect(server.transport()).proxy(Box.class, Duration.ofSeconds(20));
      } catch (TransportException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Connected before anybody can be interrupted. */
  private final Box box = Shared.BOX;

  private volatile @Nullable Thread caller;
  private volatile boolean interrupted;

  public InterruptOfReaderAgainstCall() {}

  @Actor
  public void calls(LLJ_Result r) {
    caller = Thread.currentThread();
    try {
      r.r1 = box.same(1);
    } catch (CallCancelledException e) {
      r.r1 = "interrupted";
    } catch (RpcException e) {
      r.r1 = e.toString();
    }
    while (!interrupted) {
      Thread.onSpinWait(); // or the interrupt would come to somebody else
    }
    boolean unused = Thread.interrupted();
  }

  @Actor
  public void interruptsAndCalls(LLJ_Result r) {
    Thread other = caller;
    if (other != null) {
      other.interrupt();
    }
    interrupted = true;
    try {
      r.r2 = box.same(2);
    } catch (RpcException e) {
      r.r2 = e.toString();
    }
  }

  @Arbiter
  public void judge(LLJ_Result r) {
    r.r3 = box.same(3);
  }
}
