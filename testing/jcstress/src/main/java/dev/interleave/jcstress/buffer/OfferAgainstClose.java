// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.buffer;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.buffer.BoundedBuffer;
import dev.interleave.buffer.BufferClosedException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** One thread puts an item in while another one closes. */
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Before the close, and it comes out.")
@Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "After the close, and refused.")
@Outcome(expect = FORBIDDEN, desc = "Accepted and lost, refused and inside, or full.")
@State
public class OfferAgainstClose {
  private final BoundedBuffer<Integer> buffer = new BoundedBuffer<>(2);

  public OfferAgainstClose() {}

  @Actor
  public void puts(II_Result r) {
    try {
      r.r1 = buffer.offer(1) ? 1 : 0;
    } catch (BufferClosedException e) {
      r.r1 = -1;
    }
  }

  @Actor
  public void closes() {
    buffer.close();
  }

  @Arbiter
  public void drain(II_Result r) {
    try {
      for (Integer item = buffer.takeOrNull(); item != null; item = buffer.takeOrNull()) {
        r.r2++;
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }
}
