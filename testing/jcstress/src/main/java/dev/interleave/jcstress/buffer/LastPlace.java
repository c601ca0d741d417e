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

/** Two threads put an item in, and there is one place left. */
@JCStressTest
@Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "The first.")
@Outcome(id = "0, 1, 2", expect = ACCEPTABLE, desc = "The second.")
@Outcome(expect = FORBIDDEN, desc = "Both, or none, or another one than was accepted.")
@State
public class LastPlace {
  private final BoundedBuffer<Integer> buffer = new BoundedBuffer<>(3);

  public LastPlace() {
    buffer.add(7);
    buffer.add(8);
  }

  @Actor
  public void puts1(III_Result r) {
    r.r1 = buffer.offer(1) ? 1 : 0;
  }

  @Actor
  public void puts2(III_Result r) {
    r.r2 = buffer.offer(2) ? 1 : 0;
  }

  @Arbiter
  public void last(III_Result r) {
    int last = 0;
    for (Integer item = buffer.poll(); item != null; item = buffer.poll()) {
      last = item;
    }
    r.r3 = last;
  }
}
