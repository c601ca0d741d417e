// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.ipc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Polled;
import dev.interleave.ipc.transport.TransportException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A thread flushes what was written while another one has its turn to write. */
@JCStressTest
@Outcome(
    id = {"1", "2"},
    expect = ACCEPTABLE,
    desc = "What was written before is sent.")
@Outcome(expect = FORBIDDEN, desc = "It is not, although it was flushed.")
@State
public class FlushAgainstWrite {
  private final Ends ends = new Ends();

  public FlushAgainstWrite() {
    write(1);
  }

  private void write(long value) {
    try {
      ends.here.write(Ends.frame(value), Deadline.none());
    } catch (TransportException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Actor
  public void flushes() {
    try {
      ends.here.flush();
    } catch (TransportException e) {
      throw new IllegalStateException(e);
    }
  }

  @Actor
  public void writes() {
    write(2);
  }

  @Arbiter
  public void counts(I_Result r) {
    try {
      while (ends.there.tryReceive(frame -> {}) == Polled.FRAME) {
        r.r1++;
      }
    } catch (TransportException e) {
      throw new IllegalStateException(e);
    }
  }
}
