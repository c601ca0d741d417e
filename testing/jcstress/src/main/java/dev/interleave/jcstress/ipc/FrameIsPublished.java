// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.ipc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.ipc.transport.TransportException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** A thread sends a frame and another one looks for it. */
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Not sent yet.")
@Outcome(id = "8, 8", expect = ACCEPTABLE, desc = "The frame.")
@Outcome(expect = FORBIDDEN, desc = "A part of it.")
@State
public class FrameIsPublished {
  private final Ends ends = new Ends();

  public FrameIsPublished() {}

  @Actor
  public void sends() {
    try {
      if (!ends.here.trySend(Ends.frame(7))) {
        throw new IllegalStateException("no room");
      }
    } catch (TransportException e) {
      throw new IllegalStateException(e);
    }
  }

  @Actor
  public void looks(JJ_Result r) {
    try {
      ends.there.tryReceive(frame -> {
        r.r1 = 1 + frame.getLong(); // bytes that are not there yet are 0, and that is not nothing
        r.r2 = 1 + frame.getLong();
      });
    } catch (TransportException e) {
      throw new IllegalStateException(e);
    }
  }
}
