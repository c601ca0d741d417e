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

/**
 * One thread puts two items in and another one takes them: in order, and with what was written
 * before.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Too early for both.")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Too early for the first.")
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "Too early for the second.")
@Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "Both.")
@Outcome(expect = FORBIDDEN, desc = "Out of order, twice, or not as it was written.")
@State
public class OfferedIsPublished {
  private static final int LOOKS = 30;

  private static final class Box {
    int value; // plain: it is the buffer that publishes it

    Box(int value) {
      this.value = value;
    }
  }

  private final BoundedBuffer<Box> buffer = new BoundedBuffer<>(2);

  public OfferedIsPublished() {}

  @Actor
  public void puts() {
    buffer.offer(new Box(1));
    buffer.offer(new Box(2));
  }

  @Actor
  public void takes(II_Result r) {
    r.r1 = next();
    r.r2 = next();
  }

  /** Looks often enough to be there when it comes. */
  private int next() {
    for (int i = 0; i < LOOKS; i++) {
      Box box = buffer.poll();
      if (box != null) {
        return box.value;
      }
    }
    return 0;
  }
}
