// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;

/**
 * Two rings in this process, and a socket between their far ends: the thread of the wire fills the
 * incoming one from the socket; the outgoing one is emptied by who sends, as far as the system
 * takes it at once, and by that thread when it takes the rest.
 *
 * <p>So a frame is accepted whole, in the ring, or not at all, and who gives up waiting leaves no
 * half frame on the wire. What lies in the ring is what goes over the wire, but for the end of the
 * ring, so the system takes many frames in one call, from where they lie.
 *
 * <p><b>Emptying.</b> A wish and a lock: who has published wishes it, and then tries to have the
 * lock; who has the lock takes the wish down before it looks at the ring, and looks for the wish
 * again after it has let go. One of two that meet sees the other's work. While the system takes
 * nothing, nobody tries: the thread of the wire waits until it does.
 */
final class SocketLink implements PumpedLink {
  private static final int STAGE = 1 << 16;

  private final Wire wire;
  private final ByteRing in;
  private final ByteRing out;
  private final RingWriter inWriter;
  private final RingReader outReader;
  private final FrameParser parser;
  private final Duration linger;
  private final RingConnection connection;
  private final LongAdder wakeUps = new LongAdder();

  private final ReentrantLock emptying = new ReentrantLock();
  private volatile boolean emptyWanted;

  /** The system takes nothing at the moment. */
  private volatile boolean full;

  /** The system will take nothing any more. */
  private volatile boolean broken;

  /** How this side leaves, or {@link ByteRing#OPEN}. */
  private volatile int leaving = ByteRing.OPEN;

  private volatile Deadline leaveBy = Deadline.none();

  /** All that was sent is with the system, or never will be. */
  private final CountDownLatch sent = new CountDownLatch(1);

  private volatile long lost;

  // ------------------------------------------------------------------ of the thread of the wire

  private final ByteBuffer stage;
  private final ByteBuffer farewell = ByteBuffer.allocate(ByteRing.HEAD_BYTES);

  /** The incoming ring has no room for the next frame. */
  private boolean blocked;

  /** Nothing more will come. */
  private boolean over;

  private boolean farewellSent;

  SocketLink(String name, Peer peer, Wire wire, Agreement agreed, TransportOptions options) {
    this.wire = wire;
    this.linger = options.linger();
    in = ByteRing.allocate(options.bufferBytes());
    out = ByteRing.allocate(options.bufferBytes());
    inWriter = new RingWriter(in, false);
    outReader = new RingReader(out, false, agreed.maxFrame());
    parser = new FrameParser(in, inWriter, agreed.checksum(), agreed.maxFrame());
    stage =
        ByteBuffer.allocateDirect(Math.min(STAGE, options.bufferBytes()))
            .order(ByteOrder.LITTLE_ENDIAN);
    farewell.order(ByteOrder.LITTLE_ENDIAN);
    connection =
        new RingConnection(
            name, peer, agreed.maxFrame(), out, in, agreed.checksum(), false, options.spin(), this);
  }

  @Override
  public RingConnection connection() {
    return connection;
  }

  // ------------------------------------------------------------------ what the connection tells

  @Override
  public void published() {
    emptyWanted = true;
    try {
      empty();
    } catch (IOException e) {
      // The thread of the wire learns why, and says it, when it has read what came before.
      broken = true;
      wire.wakeUp();
    }
  }

  @Override
  public void freed() {
    if (in.takeAnnouncement(ByteRing.PRODUCER_WAITS)) {
      wire.wakeUp();
    }
  }

  @Override
  public void leave(int state) {
    leaveBy = Deadline.after(linger);
    leaving = state;
    wire.wakeUp();
  }

  @Override
  public long close() {
    boolean interrupted = false;
    while (true) {
      try {
        sent.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
        leaveBy = Deadline.after(Duration.ZERO); // so that the next wait is short
        wire.wakeUp();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return lost;
  }

  @Override
  public long wakeUps() {
    return wakeUps.sum();
  }

  // ------------------------------------------------------------------ to send

  private void empty() throws IOException {
    while (emptyWanted && !full && !broken && emptying.tryLock()) {
      try {
        emptyWanted = false;
        write();
      } finally {
        emptying.unlock();
      }
    }
  }

  /** With the lock. */
  private void write() throws IOException {
    while (true) {
      ByteBuffer run = outReader.run();
      boolean nothing = !run.hasRemaining();
      if (!nothing) {
        int written = wire.write(run);
        wakeUps.increment();
        outReader.advance(written);
        if (outReader.free() && out.takeAnnouncement(ByteRing.PRODUCER_WAITS)) {
          connection.wakeSender();
        }
      }
      boolean flushed = wire.flush();
      if (nothing && flushed) {
        return;
      }
      if (run.hasRemaining() || !flushed) {
        emptyWanted = true;
        full = true;
        wire.wakeUp();
        return;
      }
    }
  }

  // ------------------------------------------------------------------ the thread of the wire

  @Override
  public void pump() throws IOException {
    stage.limit(0);
    while (true) {
      if (leaving != ByteRing.OPEN) {
        leave();
        return;
      }
      if (over) {
        return;
      }
      if (broken && blocked) {
        // The reason lies behind what nobody receives here.
        connection.sendingFailed();
      }
      int interest =
          (blocked ? 0 : SelectionKey.OP_READ) | (full && !broken ? SelectionKey.OP_WRITE : 0);
      int possible = blocked && unblock() ? 0 : wire.await(interest, Deadline.none());
      if ((possible & SelectionKey.OP_WRITE) != 0) {
        full = false;
        published();
      }
      if ((possible & SelectionKey.OP_READ) != 0) {
        read();
      }
    }
  }

  /** Announces that it waits for room, and looks once more. */
  private boolean unblock() {
    in.announce(ByteRing.PRODUCER_WAITS);
    if (!parser.canGoOn(stage)) {
      return false;
    }
    in.withdraw(ByteRing.PRODUCER_WAITS);
    parse();
    return true;
  }

  private void read() {
    stage.compact();
    int read;
    String how = "";
    try {
      read = wire.read(stage);
    } catch (SSLException e) {
      stage.flip();
      connection.fail(BadRecord.corrupt("TLS: " + e.getMessage())); // which leaves
      return;
    } catch (IOException e) {
      read = -1; // reset: as good as the end
      how = " (" + e.getMessage() + ')';
    }
    stage.flip();
    if (wire.isPending()) { // an answer of TLS, for which the system has no room now
      emptyWanted = true;
      full = true;
    }
    if (read > 0) {
      parse();
    } else if (read < 0) {
      over = true;
      String half = stage.hasRemaining() ? ", in the middle of a head" : parser.halfFrame();
      String message = connection.name() + ": " + connection.peer() + " is gone" + half + how;
      connection.peerFailed(() -> new PeerDiedException(message));
    }
  }

  private void parse() {
    try {
      FrameParser.State state = parser.parse(stage);
      publishIncoming();
      blocked = state == FrameParser.State.BLOCKED;
      if (state == FrameParser.State.LEFT) {
        over = true;
        if (parser.reason() == ByteRing.BYE) {
          connection.peerLeft();
        } else {
          connection.peerFailed(Reasons.of(parser.reason(), connection.name()));
        }
      }
    } catch (BadRecord bad) {
      publishIncoming();
      connection.fail(bad); // which leaves
    }
  }

  private void publishIncoming() {
    if (inWriter.publish() && in.takeAnnouncement(ByteRing.CONSUMER_SLEEPS)) {
      connection.wakeReceiver();
    }
  }

  /**
   * Sends what is left, says farewell, and waits until the other side has gone, too: a socket that
   * is closed while something arrives is reset, and what is on its way may be lost.
   */
  private void leave() throws IOException {
    farewell.putInt(ByteRing.word(ByteRing.LEAVE, leaving)).putInt(0).flip();
    while (true) {
      try {
        if (!broken && !over) {
          sendRest();
        }
        if (farewellSent || broken || over) {
          sent.countDown();
        }
        if (over || broken || leaveBy.isExpired()) {
          return;
        }
        int interest = SelectionKey.OP_READ | (farewellSent ? 0 : SelectionKey.OP_WRITE);
        int possible = wire.await(interest, leaveBy);
        full = false;
        if ((possible & SelectionKey.OP_READ) != 0) {
          over = wire.discard() < 0;
        }
      } catch (IOException e) {
        broken = true;
      }
    }
  }

  private void sendRest() throws IOException {
    emptyWanted = true;
    empty();
    if (full || farewellSent || outPending() > 0) {
      return;
    }
    wire.write(farewell);
    farewellSent = !farewell.hasRemaining() && wire.finish();
  }

  private long outPending() {
    emptying.lock();
    try {
      return outReader.run().remaining();
    } finally {
      emptying.unlock();
    }
  }

  @Override
  public void ended() {
    broken = true;
    if (leaving != ByteRing.OPEN && !farewellSent) {
      lost = Math.max(0, outPending() - ByteRing.HEAD_BYTES); // but for the end, which is no loss
    }
    sent.countDown();
  }
}
