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
import org.openjdk.jcstress.infra.results.III_Result;

/** One thread puts an item in while another one closes and takes out what is inside. */
@JCStressTest
@Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "Before the close, which returns it.")
@Outcome(id = "-1, 0, 0", expect = ACCEPTABLE, desc = "After the close, and refused.")
@Outcome(expect = FORBIDDEN, desc = "Accepted and not returned: nobody will take it.")
@State
public class OfferAgainstCloseNow {
  private final BoundedBuffer<Integer> buffer = new BoundedBuffer<>(2);

  public OfferAgainstCloseNow() {}

  @Actor
  public void puts(III_Result r) {
    try {
      r.r1 = buffer.offer(1) ? 1 : 0;
    } catch (BufferClosedException e) {
      r.r1 = -1;
    }
  }

  @Actor
  public void closes(III_Result r) {
    r.r2 = buffer.closeNow().size();
  }

  @Arbiter
  public void left(III_Result r) {
    r.r3 = buffer.size();
  }
}
