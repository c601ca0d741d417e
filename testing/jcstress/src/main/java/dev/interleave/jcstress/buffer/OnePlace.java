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
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * One thread puts four items through a single place to another one: each waits for the other. A
 * test that does not end is a lost wake-up.
 */
@JCStressTest
@Outcome(id = "1234", expect = ACCEPTABLE, desc = "All, in order.")
@Outcome(expect = FORBIDDEN, desc = "One lost, or twice, or out of order.")
@State
public class OnePlace {
  private final BoundedBuffer<Integer> buffer = new BoundedBuffer<>(1);

  public OnePlace() {}

  @Actor
  public void puts() {
    try {
      for (int i = 1; i <= 4; i++) {
        buffer.put(i);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }

  @Actor
  public void takes(I_Result r) {
    try {
      for (int i = 1; i <= 4; i++) {
        r.r1 = 10 * r.r1 + buffer.take();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }
}
