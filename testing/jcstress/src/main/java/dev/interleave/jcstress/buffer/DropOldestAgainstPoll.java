// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.buffer;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.buffer.BoundedBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** One thread puts an item into a full buffer that drops the oldest, another one takes one. */
@JCStressTest
@Outcome(id = "1, 0, 2", expect = ACCEPTABLE, desc = "Taken before, so nothing has to be dropped.")
@Outcome(id = "2, 1, 0", expect = ACCEPTABLE, desc = "The old one dropped, the new one taken.")
@Outcome(
    id = "0, 1, 2",
    expect = ACCEPTABLE,
    desc = "After the old one left, before the new one came.")
@Outcome(expect = FORBIDDEN, desc = "An item lost, or twice.")
@State
public class DropOldestAgainstPoll {
  private int dropped;
  private final BoundedBuffer<Integer> buffer =
      BoundedBuffer.<Integer>builder(1)
          .overflow(BoundedBuffer.Overflow.DROP_OLDEST, item -> dropped = item)
          .build();

  public DropOldestAgainstPoll() {
    buffer.add(1);
  }

  @Actor
  public void puts() {
    buffer.offer(2);
  }

  @Actor
  public void takes(III_Result r) {
    r.r1 = next();
  }

  @Arbiter
  public void count(III_Result r) {
    r.r2 = dropped;
    r.r3 = next();
  }

  private int next() {
    Integer item = buffer.poll();
    return item == null ? 0 : item;
  }
}
