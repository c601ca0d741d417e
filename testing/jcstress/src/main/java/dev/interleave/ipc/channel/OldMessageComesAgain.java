// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.ipc.transport.Connection;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** Before each message comes the one again whose place it takes. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "Each is received once.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "One is not received.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "One is received twice.")
@State
public class OldMessageComesAgain {
  private static final int WINDOW = 2;

  private final List<ByteBuffer> messages = new CopyOnWriteArrayList<>();
  private final ReliableEnds ends =
      new ReliableEnds(
          options -> options.window(WINDOW), this::fate, ReliableEnds.Fate.delivered());

  public OldMessageComesAgain() {}

  private List<ByteBuffer> fate(ReliableFrame frame, ByteBuffer bytes, Connection over) {
    if (frame.kind() != ReliableFrame.DATA || frame.number() != messages.size() + 1) {
      return List.of(bytes);
    }
    messages.add(bytes);
    int old = messages.size() - 1 - WINDOW;
    return old < 0 ? List.of(bytes) : List.of(messages.get(old), bytes);
  }

  @Actor
  public void receives() {
    ends.receive(1, 6);
    ends.close();
  }

  @Signal
  public void sends() {
    ends.send(1, 6);
  }
}
