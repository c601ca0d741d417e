// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.buffer;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.buffer.BoundedBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** One thread removes the second of two items while another one takes both. */
@JCStressTest
@Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "Removed.")
@Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "Taken.")
@Outcome(expect = FORBIDDEN, desc = "Both, or neither, or out of order.")
@State
public class RemoveAgainstPoll {
  private final BoundedBuffer<Integer> buffer = new BoundedBuffer<>(2);

  public RemoveAgainstPoll() {
    buffer.add(1);
    buffer.add(2);
  }

  @Actor
  public void removes(III_Result r) {
    r.r1 = buffer.remove(2) ? 1 : 0;
  }

  @Actor
  public void takes(III_Result r) {
    r.r2 = next();
    r.r3 = next();
  }

  private int next() {
    Integer item = buffer.poll();
    return item == null ? 0 : item;
  }
}
