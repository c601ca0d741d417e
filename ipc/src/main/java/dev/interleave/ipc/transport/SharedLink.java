// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.concurrent.atomic.LongAdder;

/**
 * Two rings in memory that two processes share, and a Unix socket between them as the doorbell: a
 * byte wakes those who sleep over there. It is rung only if the other side has announced that it
 * sleeps, so while both are busy nobody calls the system. A byte that does not fit into the socket
 * is not needed: others lie there unread.
 *
 * <p>The end of the socket is the end of the other process, or of its part of the connection; which
 * of the two stands in the state that it wrote into its ring, or did not.
 */
final class SharedLink implements PumpedLink {
  private static final ByteBuffer BELL = ByteBuffer.allocateDirect(1).asReadOnlyBuffer();

  private final Wire wire;
  private final ByteRing out;
  private final ByteRing in;
  private final RingConnection connection;
  private final LongAdder wakeUps = new LongAdder();
  private final ByteBuffer rung = ByteBuffer.allocateDirect(256);
  private volatile boolean leaving;

  SharedLink(
      String name,
      Peer peer,
      Wire wire,
      Agreement agreed,
      TransportOptions options,
      ByteRing out,
      ByteRing in) {
    this.wire = wire;
    this.out = out;
    this.in = in;
    connection =
        new RingConnection(
            name,
            peer,
            agreed.maxFrame(),
            out,
            in,
            agreed.checksum(),
            agreed.checksum(),
            options.spin(),
            this);
  }

  @Override
  public RingConnection connection() {
    return connection;
  }

  @Override
  public void published() {
    if (out.takeAnnouncement(ByteRing.CONSUMER_SLEEPS)) {
      ring();
    }
  }

  @Override
  public void freed() {
    if (in.takeAnnouncement(ByteRing.PRODUCER_WAITS)) {
      ring();
    }
  }

  private void ring() {
    wakeUps.increment();
    try {
      int unused = wire.channel.write(BELL.duplicate());
    } catch (IOException e) {
      // The other side is gone, or this one: the thread of the wire finds out, and says so.
    }
  }

  @Override
  public void leave(int state) {
    out.setRelease(ByteRing.STATE, state);
    leaving = true;
    wire.wakeUp();
  }

  /** What was sent is in the memory of the other process already. */
  @Override
  public long close() {
    return 0;
  }

  @Override
  public long wakeUps() {
    return wakeUps.sum();
  }

  // ------------------------------------------------------------------ the thread of the wire

  @Override
  public void pump() throws IOException {
    while (!leaving) {
      if ((wire.await(SelectionKey.OP_READ, Deadline.none()) & SelectionKey.OP_READ) != 0
          && !listen()) {
        return;
      }
    }
  }

  private boolean listen() {
    int read;
    try {
      read = wire.channel.read(rung.clear());
    } catch (IOException e) {
      read = -1; // reset: as good as the end
    }
    if (read < 0) {
      theOtherIsGone();
      return false;
    }
    connection.wakeReceiver();
    connection.wakeSender();
    return true;
  }

  private void theOtherIsGone() {
    int state = in.getAcquire(ByteRing.STATE);
    switch (state) {
      case ByteRing.BYE -> connection.peerLeft();
      case ByteRing.OPEN -> {
        String message = connection.name() + ": " + connection.peer() + " is gone";
        connection.peerFailed(() -> new PeerDiedException(message));
      }
      default -> connection.peerFailed(Reasons.of(state, connection.name()));
    }
  }

  @Override
  public void ended() {
    // Nobody waits for this.
  }
}
