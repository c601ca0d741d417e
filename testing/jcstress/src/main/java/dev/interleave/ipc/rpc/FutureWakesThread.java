// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** The client's thread goes to sleep, as nobody needs it, when a call with a future is made. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "It reads.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "It sleeps: the reply is not read.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "Woken for another reason.")
@State
public class FutureWakesThread {
  private volatile boolean wanted;
  private volatile @Nullable Thread thread;
  private final ReadTurn turn =
      new ReadTurn(() -> wanted, () -> false, () -> LockSupport.unpark(thread), Long.MAX_VALUE / 2);

  public FutureWakesThread() {}

  @Actor
  public void waits() {
    thread = Thread.currentThread();
    try {
      turn.awaitTurn();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Signal
  public void calls() {
    wanted = true;
    turn.passOnIfFree();
  }
}
