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

/** Two threads take an item, and there is one. */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The first.")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The second.")
@Outcome(expect = FORBIDDEN, desc = "Both, or none.")
@State
public class LastItem {
  private final BoundedBuffer<Integer> buffer = new BoundedBuffer<>(2);

  public LastItem() {
    buffer.add(1);
  }

  @Actor
  public void takes1(II_Result r) {
    r.r1 = buffer.poll() != null ? 1 : 0;
  }

  @Actor
  public void takes2(II_Result r) {
    r.r2 = buffer.poll() != null ? 1 : 0;
  }
}
