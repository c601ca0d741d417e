// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Two rings in memory that two processes share, and a Unix socket between them as the doorbell: a
 * byte wakes those who sleep over there. It is rung only if the other side has announced that it
 * sleeps, so while both are busy nobody calls the system. A byte that does not fit into the socket
 * is not needed: others lie there unread.
 *
 * <p><b>Who watches the socket.</b> The thread of the wire does, and wakes those who sleep here; so
 * a ring costs two wake-ups. A receiver on a platform thread saves one: it sleeps at the socket
 * itself, by a selector of its own ({@link Doorbell}). Then the two would be woken by each ring, so
 * the thread of the wire leaves the socket alone for {@link #LEASE_NANOS} whenever it sees that a
 * receiver has slept there since it looked last, unless somebody sleeps elsewhere, who needs it. An
 * idle connection has no timer: after the lease the thread goes back to the socket, beside a
 * receiver that sleeps there. The lease is how long the death of the peer can go unnoticed when
 * nobody waits for a frame.
 *
 * <p>No ring is lost: whoever reads from the socket wakes the others after that, and who is about
 * to sleep elsewhere (1) says so, (2) unparks the thread of the wire, and then parks. That thread
 * looks for (1) before it parks; if it missed it, (2) comes later, and ends its park.
 *
 * <p>The end of the socket is the end of the other process, or of its part of the connection; which
 * of the two stands in the state that it wrote into its ring, or did not.
 */
final class SharedLink implements PumpedLink {
  private static final long LEASE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final ByteBuffer BELL = ByteBuffer.allocateDirect(1).asReadOnlyBuffer();

  private final Wire wire;
  private final ByteRing out;
  private final ByteRing in;
  private final RingConnection connection;
  private final LongAdder wakeUps = new LongAdder();
  private final ByteBuffer rung = ByteBuffer.allocateDirect(256);
  private final Doorbell bell;

  /** How many sleep elsewhere, and are woken by the thread of the wire. */
  private final AtomicInteger elsewhere = new AtomicInteger();

  private volatile @Nullable Thread watcher;
  private volatile boolean leaving;
  private volatile boolean gone;

  SharedLink(
      String name,
      Peer peer,
      Wire wire,
      Agreement agreed,
      TransportOptions options,
      ByteRing out,
      ByteRing in)
      throws IOException {
    bell = new Doorbell(wire.channel);
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
    LockSupport.unpark(watcher);
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
    watcher = Thread.currentThread();
    long seen = bell.sleeps();
    while (!leaving && !gone) {
      long now = bell.sleeps();
      if (now != seen && elsewhere.get() == 0) {
        seen = now;
        LockSupport.parkNanos(this, LEASE_NANOS);
      } else if ((wire.await(SelectionKey.OP_READ, Deadline.none()) & SelectionKey.OP_READ) != 0) {
        if (listen(rung)) {
          connection.wakeReceiver();
        }
      }
    }
  }

  /** Reads what was rung, and wakes the sender, who may be meant; false if the other is gone. */
  private boolean listen(ByteBuffer into) {
    int read;
    try {
      read = wire.channel.read(into.clear());
    } catch (IOException e) {
      read = -1; // reset: as good as the end
    }
    if (read < 0) {
      gone = true;
      if (!leaving) {
        theOtherIsGone();
      }
      LockSupport.unpark(watcher);
      return false;
    }
    connection.wakeSender();
    return true;
  }

  // ------------------------------------------------------------------ who sleeps

  @Override
  public Rest receiverRest() {
    return new Rest() {
      @Override
      public void sleep(Object blocker, long nanos) {
        if (Thread.currentThread().isVirtual()) { // which would hold its carrier
          sleepElsewhere(blocker, nanos);
        } else if (bell.takeUnread()) {
          boolean unused = listen(bell.rung); // perhaps a newer ring, too: so no sleep now
        } else {
          bell.sleep(nanos);
          connection.wakeSender(); // who may be meant
        }
      }

      @Override
      public void wake(Thread sleeper) {
        bell.wake(); // both, as it may not have chosen yet
        LockSupport.unpark(sleeper);
      }
    };
  }

  @Override
  public Rest senderRest() {
    return new Rest() {
      @Override
      public void sleep(Object blocker, long nanos) {
        sleepElsewhere(blocker, nanos);
      }

      @Override
      public void wake(Thread sleeper) {
        LockSupport.unpark(sleeper);
      }
    };
  }

  private void sleepElsewhere(Object blocker, long nanos) {
    elsewhere.incrementAndGet();
    LockSupport.unpark(watcher);
    try {
      Rest.PARK.sleep(blocker, nanos);
    } finally {
      elsewhere.decrementAndGet();
    }
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
    bell.close();
  }
}
