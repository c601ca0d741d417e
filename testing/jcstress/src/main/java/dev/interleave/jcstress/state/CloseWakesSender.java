// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.state;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.state.Confined;
import dev.interleave.state.ConfinedClosedException;
import java.util.concurrent.CountDownLatch;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A thread waits for a place in a full mailbox whose owner is busy, and another one closes it. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Woken.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "Waits for a place in what is closed.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "Accepted although closed or full.")
@State
public class CloseWakesSender {
  private final CountDownLatch busy = new CountDownLatch(1);
  private final Confined<Object> confined = Confined.builder(Object::new).capacity(1).build();

  public CloseWakesSender() {
    try {
      var runs = confined.submit(this::awaitUninterruptibly);
      var waits = confined.submit(Object::hashCode);
      if (runs.isDone() || waits.isDone()) {
        throw new IllegalStateException("the owner is not busy");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }

  private boolean awaitUninterruptibly(Object state) {
    int interrupts = 0;
    while (true) {
      try {
        busy.await();
        return interrupts > 0;
      } catch (InterruptedException e) {
        interrupts++; // of the close: it is the sender that has to end this
      }
    }
  }

  @Actor
  public void sends() {
    try {
      throw new IllegalStateException("accepted: " + confined.submit(Object::hashCode));
    } catch (ConfinedClosedException e) {
      busy.countDown();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }

  @Signal
  public void closes() {
    confined.closeNow();
  }
}
