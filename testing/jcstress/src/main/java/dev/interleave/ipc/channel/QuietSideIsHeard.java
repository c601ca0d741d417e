// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.ipc.transport.Connection;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/** All is said, and the other side has nothing to answer. */
@JCStressTest(Mode.Termination)
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "It gives signs of life.")
@Outcome(id = "STALE", expect = FORBIDDEN, desc = "It is silent.")
@Outcome(id = "ERROR", expect = FORBIDDEN, desc = "It fails.")
@State
public class QuietSideIsHeard {
  private final CountDownLatch signs = new CountDownLatch(3);
  private final ReliableEnds ends =
      new ReliableEnds(
          options -> options.heartbeat(Duration.ofMillis(1)),
          ReliableEnds.Fate.delivered(),
          this::fate);

  public QuietSideIsHeard() {}

  private List<ByteBuffer> fate(ReliableFrame frame, ByteBuffer bytes, Connection over) {
    if (frame.kind() == ReliableFrame.ACK && !frame.isAnswer() && !frame.wantsAnswer()) {
      signs.countDown();
    }
    return List.of(bytes);
  }

  @Actor
  public void listens() {
    ends.receive(1, 1);
    try {
      signs.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    ends.close();
  }

  @Signal
  public void sends() {
    ends.send(1, 1);
  }
}
