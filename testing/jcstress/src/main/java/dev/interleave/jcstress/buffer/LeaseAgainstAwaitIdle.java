// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.buffer;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.Deadline;
import dev.interleave.buffer.BoundedBuffer;
import dev.interleave.buffer.Lease;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** One thread takes an item with a lease and works, another one waits until all is done. */
@JCStressTest
@Outcome(id = "1", expect = ACCEPTABLE, desc = "Done.")
@Outcome(expect = FORBIDDEN, desc = "It does not wait for the work, or does not see it.")
@State
public class LeaseAgainstAwaitIdle {
  private final BoundedBuffer<Integer> buffer = new BoundedBuffer<>(2);
  private int work; // plain: the lease publishes it

  public LeaseAgainstAwaitIdle() {
    buffer.add(1);
  }

  @Actor
  public void works() {
    try (Lease<Integer> lease = buffer.lease()) {
      work = lease.item();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }

  @Actor
  public void waits(I_Result r) {
    try {
      r.r1 = buffer.awaitIdle(Deadline.none()) ? work : -1;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }
}
