// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import jakarta.jms.JMSException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two rings in this process, and a conversation over a broker between their far ends: a thread of
 * the provider fills the incoming one ({@link JmsReceiving}); the outgoing one is emptied ({@link
 * JmsSending}) by who sends, as long as next to nothing is under way, and otherwise by the thread
 * of the conversation, which may be kept waiting by the provider.
 */
final class JmsLink implements PumpedLink {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  /** As long as less than this is under way no provider keeps a sender waiting. */
  private static final int NEXT_TO_NOTHING = 1 << 14;

  /** How long a close waits for a thread that the provider keeps waiting. */
  private static final Duration GRACE = Duration.ofMillis(100);

  /** What no caller is to wait for the provider, in nanoseconds. */
  private static final long SLOW = TimeUnit.MILLISECONDS.toNanos(5);

  /** For how long nobody but the thread of the conversation sends after that, in nanoseconds. */
  private static final long REST = TimeUnit.SECONDS.toNanos(1);

  /** No peer can ask for signs of life more often than for a timeout of this, in nanoseconds. */
  private static final long SHORTEST = TransportOptions.SHORTEST_PEER_TIMEOUT.toNanos();

  /** How often in a row the provider is asked once more that claims an interrupt. */
  private static final int MOST_CLAIMS = 3;

  /** The signs of life in the time after which a peer without any is taken for dead. */
  private static final int BEATS = 4;

  private final String name;
  private final long peerTimeout;
  private final long beat;
  private final Duration linger;
  private final RingConnection connection;
  private final JmsReceiving receiving;
  private final JmsSending sending;

  private volatile @Nullable Exception brokenBy;

  /** How this side leaves, or {@link ByteRing#OPEN}. */
  private volatile int leaving = ByteRing.OPEN;

  private volatile Deadline leaveBy = Deadline.none();

  /** It has not ended for want of time: all was sent, or the other side is gone. */
  private volatile boolean complete;

  private volatile long restUntil = System.nanoTime();

  private volatile boolean rung;
  private volatile @Nullable Thread thread;

  /** What was sent is with the provider, or never will be. */
  private final CountDownLatch left = new CountDownLatch(1);

  /** What was sent is with the broker, or never will be. */
  private final CountDownLatch gone = new CountDownLatch(1);

  JmsLink(
      String name,
      Peer peer,
      JmsWire wire,
      UUID conversation,
      Agreement agreed,
      int peerBufferBytes,
      long peersPeerTimeout,
      TransportOptions options) {
    this.name = name;
    linger = options.linger();
    peerTimeout = options.peerTimeout().toNanos();
    beat = Math.min(peerTimeout, Math.max(peersPeerTimeout, SHORTEST)) / BEATS;
    ByteRing in = ByteRing.allocate(options.bufferBytes());
    ByteRing out = ByteRing.allocate(options.bufferBytes());
    boolean checksum = agreed.checksum();
    connection =
        new RingConnection(
            name, peer, agreed.maxFrame(), out, in, checksum, false, options.spin(), this);
    RingWriter inWriter = new RingWriter(in, false);
    FrameParser parser = new FrameParser(in, inWriter, checksum, agreed.maxFrame());
    receiving = new JmsReceiving(in, parser, inWriter, connection, this::wakeUp);
    long peerLimit = JmsReceiving.window(peerBufferBytes);
    sending = new JmsSending(wire, conversation, out, connection, peerLimit, receiving);
  }

  @Override
  public RingConnection connection() {
    return connection;
  }

  // ------------------------------------------------------------------ what the connection tells

  @Override
  public void published() {
    sending.want();
    long start = System.nanoTime();
    if (sending.underWay() > NEXT_TO_NOTHING
        || start - restUntil < 0
        || Thread.currentThread().isInterrupted()) {
      wakeUp();
      return;
    }
    try {
      sending.empty();
      long now = System.nanoTime();
      if (now - start > SLOW) {
        restUntil = now + REST;
      }
    } catch (JMSException | RuntimeException e) {
      // The thread of the conversation tries once more, and says why it cannot.
      LOG.debug("{}: a message was perhaps not sent", name, e);
      if (JmsWire.isByInterrupt(e)) {
        Thread.currentThread().interrupt();
      }
      sending.want();
      wakeUp();
    }
    if (receiving.isGrantDue()
        || leaving != ByteRing.OPEN) { // it may have come while this one had the lock
      wakeUp();
    }
  }

  @Override
  public void freed() {
    if (receiving.isGrantDue()) {
      wakeUp();
    }
  }

  @Override
  public void leave(int state) {
    leaveBy = Deadline.after(linger);
    leaving = state;
    wakeUp();
  }

  @Override
  public long close() {
    boolean done = false;
    boolean interrupted = false;
    try {
      done = gone.await(leaveBy.remainingNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (!done) {
      leaveBy = Wire.PASSED;
      wakeUp();
      try {
        boolean unused = left.await(GRACE.toNanos(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (complete) {
      return 0;
    }
    ConnectionStats stats = connection.stats();
    long taken = stats.bytesSent() + ByteRing.HEAD_BYTES * stats.framesSent();
    return Math.max(0, taken - sending.framesSent());
  }

  @Override
  public long patienceNanos() {
    return linger.toNanos();
  }

  @Override
  public long wakeUps() {
    return sending.messages();
  }

  private void wakeUp() {
    rung = true;
    LockSupport.unpark(thread);
  }

  // ------------------------------------------------------------------ what the provider tells

  /** One after the other, in order. */
  void letter(JmsLetter letter) {
    if (!receiving.hears()) {
      return;
    }
    if (sending.peerHas(letter.head().arrived(), letter.head().limit())) {
      wakeUp();
    }
    receiving.letter(letter);
  }

  /** The broker is gone. */
  void broken(Exception why) {
    stop(why);
    wakeUp();
  }

  private void stop(Exception why) {
    if (brokenBy == null) {
      brokenBy = why;
    }
    sending.stop();
  }

  // ------------------------------------------------------------------ the conversation's thread

  @Override
  public void pump() {
    thread = Thread.currentThread();
    Silence silence = new Silence();
    int claims = 0;
    while (true) {
      rung = false;
      JmsWire.forgetInterrupt();
      try {
        if (leaving != ByteRing.OPEN) {
          leave(silence);
          return;
        }
        if (receiving.isOver()) {
          return;
        }
        if (silence.isTooLong()) {
          String message =
              name + ": nothing was heard of " + connection.peer() + " for " + silence.limit();
          connection.peerFailed(() -> new PeerDiedException(message));
          boolean unused = sending.say(JmsHead.GONE); // perhaps it lives
          return;
        }
        sending.empty();
        tell();
        claims = 0;
      } catch (JMSException | RuntimeException e) {
        if (JmsWire.isByInterrupt(e) && claims++ < MOST_CLAIMS) {
          LOG.debug("{}: the provider was interrupted, and is asked once more", name, e);
          sending.want();
          continue;
        }
        broken(e);
      }
      Exception why = brokenBy;
      if (why != null) {
        String message = name + ": the connection to the broker is lost: " + why.getMessage();
        connection.peerFailed(() -> new PeerDiedException(message, why));
        return;
      }
      nap(Long.MAX_VALUE);
    }
  }

  /** Tells what the other side waits for: that there is room, or that this one lives. */
  private void tell() throws JMSException {
    if (receiving.isGrantDue() || System.nanoTime() - sending.lastSent() >= beat) {
      boolean unused = sending.say(JmsHead.STATE); // or somebody is just sending
    }
  }

  private void nap(long most) {
    long untilBeat = sending.lastSent() + beat - System.nanoTime();
    if (untilBeat <= 0) {
      untilBeat = beat; // somebody is just sending, and that is a sign of life
    }
    if (!rung) {
      LockSupport.parkNanos(this, Math.min(untilBeat, most));
    }
  }

  /** For how long nothing has come, not counting the time for which this process stood still. */
  private final class Silence {
    private long lastLook = System.nanoTime();
    private long since = lastLook;

    boolean isTooLong() {
      long now = System.nanoTime();
      if (now - lastLook > 2 * beat) {
        since = now; // what has come meanwhile needs a moment to get here
      }
      lastLook = now;
      return Math.min(now - receiving.lastHeard(), now - since) > peerTimeout;
    }

    Duration limit() {
      return Duration.ofNanos(peerTimeout);
    }
  }

  /** Sends what is left, and says farewell; or that something is lost, when the time is up. */
  private void leave(Silence silence) throws JMSException {
    while (!receiving.isOver() && brokenBy == null && !silence.isTooLong()) {
      rung = false;
      JmsWire.forgetInterrupt();
      sending.want();
      sending.empty();
      if (sending.sayFarewell(leaving)) {
        break;
      }
      if (leaveBy.isExpired()) {
        boolean unused = sending.say(JmsHead.GONE);
        return;
      }
      tell();
      nap(leaveBy.remainingNanos());
    }
    complete = true;
  }

  /** The thread has ended, and is about to close the wire. */
  void closing() {
    if (leaving == ByteRing.OPEN) {
      complete = true;
    }
    stop(new TransportClosedException(name + " is over")); // for whoever would still send
    left.countDown();
  }

  @Override
  public void ended() {
    gone.countDown();
  }
}
