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
import org.openjdk.jcstress.infra.results.II_Result;

/** One thread closes and takes out what is inside while another one takes an item. */
@JCStressTest
@Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "All returned.")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "One taken before, the other one returned.")
@Outcome(expect = FORBIDDEN, desc = "One lost, or twice.")
@State
public class CloseNowAgainstPoll {
  private final BoundedBuffer<Integer> buffer = new BoundedBuffer<>(2);

  public CloseNowAgainstPoll() {
    buffer.add(1);
    buffer.add(2);
  }

  @Actor
  public void closes(II_Result r) {
    r.r1 = buffer.closeNow().size();
  }

  @Actor
  public void takes(II_Result r) {
    r.r2 = buffer.poll() != null ? 1 : 0;
  }
}
