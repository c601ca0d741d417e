// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.buffer;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.buffer.BoundedBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** A thread waits for an item, and another one puts one in. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Woken.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "Waits for an item that is there.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "Woken without the item.")
@State
public class PutWakesTaker {
  private final BoundedBuffer<Integer> buffer = new BoundedBuffer<>(1);

  public PutWakesTaker() {}

  @Actor
  public void takes() {
    try {
      if (buffer.take() != 1) {
        throw new IllegalStateException("another item");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }

  @Signal
  public void puts() {
    buffer.offer(1);
  }
}
