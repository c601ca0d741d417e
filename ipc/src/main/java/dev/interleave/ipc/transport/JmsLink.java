// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import jakarta.jms.JMSException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two rings in this process, and a conversation over a broker between their far ends: a thread of
 * the provider fills the incoming one; the outgoing one is emptied by who sends, as long as next to
 * nothing is under way, and otherwise by the thread of the conversation, which may be kept waiting
 * by the provider.
 *
 * <p><b>Room.</b> Each side says how many bytes of records the other one may have sent in all. It
 * allows half of its ring: the rest is for what fills the end of the ring, at most a quarter, and
 * for what has been received and not been freed yet, an eighth at most; so whatever may be sent
 * finds room, and the thread of the provider never waits. A sixteenth that is not granted yet
 * leaves more than a quarter, and so room for one more frame of any length.
 *
 * <p><b>Numbers.</b> Messages with records are numbered. A send that the provider throws out of, be
 * it only for an interrupt, may have sent all the same: the same message is sent once more, with
 * the same number, and the other side takes one of them.
 *
 * <p><b>Emptying.</b> A wish and a lock, as in {@link SocketLink}.
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
  private final JmsWire wire;
  private final UUID conversation;
  private final ByteRing in;
  private final ByteRing out;
  private final RingWriter inWriter;
  private final FrameParser parser;
  private final long window;
  private final long peerTimeout;
  private final long beat;
  private final Duration linger;
  private final RingConnection connection;
  private final LongAdder messages = new LongAdder();

  // ------------------------------------------------------------------ with the lock

  private final ReentrantLock emptying = new ReentrantLock();
  private final RingReader outReader;
  private final byte[] stage = new byte[JmsHead.BYTES + JmsLetter.MOST];

  /** How much of the stage is not known to have been sent, without the head; 0 if nothing is. */
  private int unsure;

  /** The number of the next message. */
  private long sequence;

  /** How many bytes of records have been staged, ever. */
  private long staged;

  /** How many of them may be: always whole records. */
  private long cleared;

  /** The bytes of the frames among what is cleared, without padding. */
  private long frames;

  // ------------------------------------------------------------------ seen by all

  private volatile boolean emptyWanted;

  /** The other side has no room at the moment. */
  private volatile boolean starved;

  private volatile @Nullable Exception brokenBy;

  /** How this side leaves, or {@link ByteRing#OPEN}. */
  private volatile int leaving = ByteRing.OPEN;

  private volatile Deadline leaveBy = Deadline.none();

  /** It has not ended for want of time: all was sent, or the other side is gone. */
  private volatile boolean complete;

  /** The other side has left. */
  private volatile boolean over;

  /** How many bytes of records have been sent, ever. */
  private volatile long sent;

  /** How many of them are of frames, without padding. */
  private volatile long framesSent;

  /** How many bytes of records the other side is known to have got. */
  private volatile long peerArrived;

  /** How many bytes of records may be sent, in all. */
  private volatile long peerLimit;

  /** How many bytes of records have come, in all. */
  private volatile long arrived;

  /** How much of the incoming ring was filled for its end only. */
  private volatile long padded;

  /** The limit that the other side was told last. */
  private volatile long granted;

  private volatile long lastSent = System.nanoTime();
  private volatile long lastHeard = lastSent;
  private volatile long restUntil = lastSent;

  private volatile boolean rung;
  private volatile @Nullable Thread thread;

  /** What was sent is with the provider, or never will be. */
  private final CountDownLatch left = new CountDownLatch(1);

  /** What was sent is with the broker, or never will be. */
  private final CountDownLatch gone = new CountDownLatch(1);

  // ------------------------------------------------------------------ of the provider's thread

  /** The number of the next message. */
  private long expected;

  private long arrivedHere;

  /** Whatever comes is of no interest any more. */
  private boolean deaf;

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
    this.wire = wire;
    this.conversation = conversation;
    linger = options.linger();
    peerTimeout = options.peerTimeout().toNanos();
    beat = Math.min(peerTimeout, Math.max(peersPeerTimeout, SHORTEST)) / BEATS;
    in = ByteRing.allocate(options.bufferBytes());
    out = ByteRing.allocate(options.bufferBytes());
    window = window(options.bufferBytes());
    granted = window;
    peerLimit = window(peerBufferBytes);
    inWriter = new RingWriter(in, false);
    outReader = new RingReader(out, false, agreed.maxFrame());
    parser = new FrameParser(in, inWriter, agreed.checksum(), agreed.maxFrame());
    connection =
        new RingConnection(
            name, peer, agreed.maxFrame(), out, in, agreed.checksum(), false, options.spin(), this);
  }

  /** How much the other side may send ahead, by the size of the ring here. */
  private static long window(int bufferBytes) {
    return bufferBytes / 2;
  }

  @Override
  public RingConnection connection() {
    return connection;
  }

  // ------------------------------------------------------------------ what the connection tells

  @Override
  public void published() {
    emptyWanted = true;
    long start = System.nanoTime();
    if (sent - peerArrived > NEXT_TO_NOTHING
        || start - restUntil < 0
        || Thread.currentThread().isInterrupted()) {
      wakeUp();
      return;
    }
    try {
      empty();
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
      emptyWanted = true;
      wakeUp();
    }
    if (isGrantDue() || leaving != ByteRing.OPEN) { // it may have come while this one had the lock
      wakeUp();
    }
  }

  @Override
  public void freed() {
    if (isGrantDue()) {
      wakeUp();
    }
  }

  /** What the other side may have sent in all: never less than it was told before. */
  private long limit() {
    return Math.max(granted, in.head() - padded + window);
  }

  private boolean isGrantDue() {
    return limit() - granted >= window / 8;
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
    return Math.max(0, taken - framesSent);
  }

  @Override
  public long patienceNanos() {
    return linger.toNanos();
  }

  @Override
  public long wakeUps() {
    return messages.sum();
  }

  private void wakeUp() {
    rung = true;
    LockSupport.unpark(thread);
  }

  // ------------------------------------------------------------------ to send

  private void empty() throws JMSException {
    while (emptyWanted && !starved && brokenBy == null && emptying.tryLock()) {
      try {
        emptyWanted = false;
        write();
      } finally {
        emptying.unlock();
      }
    }
  }

  /** With the lock. */
  private void write() throws JMSException {
    while (unsure > 0 || stageNext()) {
      wire.send(stage, JmsHead.BYTES + unsure);
      sequence++;
      sent = staged;
      if (staged == cleared) {
        framesSent = frames;
      }
      unsure = 0;
      sentSomething();
      if (outReader.free() && out.takeAnnouncement(ByteRing.PRODUCER_WAITS)) {
        connection.wakeSender();
      }
    }
  }

  /** False if there is nothing to send, or no room for it over there. */
  private boolean stageNext() {
    while (true) {
      ByteBuffer run = outReader.run().order(ByteOrder.LITTLE_ENDIAN);
      if (!run.hasRemaining()) {
        return false;
      }
      long limit = peerLimit;
      clear(run, limit);
      int bytes = (int) Math.min(cleared - staged, JmsLetter.MOST);
      if (bytes > 0) {
        putHead(JmsHead.DATA);
        run.get(stage, JmsHead.BYTES, bytes);
        outReader.advance(bytes);
        staged += bytes;
        unsure = bytes;
        return true;
      }
      starved = true;
      if (peerLimit == limit) {
        return false; // who raises it finds this starved
      }
      starved = false;
    }
  }

  /** Finds out how many of these records may be sent. */
  private void clear(ByteBuffer run, long limit) {
    int offset = (int) (cleared - staged);
    while (offset < run.limit()) {
      int word = run.getInt(offset);
      int size = ByteRing.HEAD_BYTES;
      if (ByteRing.kind(word) == ByteRing.FRAME) {
        size = ByteRing.size(ByteRing.length(word));
        if (cleared + size > limit) {
          return;
        }
        frames += ByteRing.HEAD_BYTES + ByteRing.length(word);
      }
      offset += size;
      cleared += size;
    }
  }

  /** With the lock. */
  private void putHead(byte kind) {
    long limit = limit();
    granted = limit;
    new JmsHead(kind, conversation, sequence, arrived, limit).encode(ByteBuffer.wrap(stage));
  }

  private void sentSomething() {
    lastSent = System.nanoTime();
    messages.increment();
  }

  /**
   * Sends a message without records, if nobody else is sending.
   *
   * @return whether it was sent
   */
  private boolean say(byte kind) throws JMSException {
    if (!emptying.tryLock()) {
      return false;
    }
    try {
      if (unsure > 0) {
        write(); // the stage is in use
      }
      putHead(kind);
      wire.send(stage, JmsHead.BYTES);
      sentSomething();
      return true;
    } finally {
      emptying.unlock();
    }
  }

  // ------------------------------------------------------------------ the provider's thread

  /** One after the other, in order. */
  void letter(JmsLetter letter) {
    lastHeard = System.nanoTime();
    if (deaf) {
      return;
    }
    JmsHead head = letter.head();
    peerArrived = Math.max(peerArrived, head.arrived());
    if (head.limit() > peerLimit) {
      peerLimit = head.limit();
      if (starved) {
        starved = false;
        emptyWanted = true;
        wakeUp();
      }
    }
    switch (head.kind()) {
      case JmsHead.DATA -> data(head.sequence(), letter.payload());
      case JmsHead.STATE -> {
        if (head.sequence() > expected) {
          lost(head.sequence());
        }
      }
      case JmsHead.GONE -> {
        deaf = true;
        over = true;
        connection.peerFailed(() ->
            new PeerDiedException(
                name + ": " + connection.peer() + " has left without all that it had sent"));
        wakeUp();
      }
      default -> LOG.debug("{}: a message of kind {} is ignored", name, head.kind());
    }
  }

  private void data(long number, ByteBuffer records) {
    if (number > expected) {
      lost(number);
    } else if (number == expected) {
      expected++;
      parse(records);
    } else {
      LOG.debug("{}: message {} has come twice", name, number);
    }
  }

  private void lost(long found) {
    deaf = true;
    connection.fail(
        BadRecord.corrupt(
            "message " + found + " where " + expected + " was due: the broker has lost some"));
  }

  private void parse(ByteBuffer records) {
    int bytes = records.remaining();
    FrameParser.State state;
    try {
      state = parser.parse(records);
      if (state == FrameParser.State.BLOCKED) {
        throw BadRecord.corrupt("more was sent than there is room for");
      }
      if (state == FrameParser.State.HUNGRY && records.hasRemaining()) {
        throw BadRecord.corrupt("a message ends in the middle of a head");
      }
    } catch (BadRecord bad) {
      publishIncoming();
      deaf = true;
      connection.fail(bad); // which leaves
      return;
    }
    padded = inWriter.padded(); // before what lies behind it can be freed
    arrivedHere += bytes;
    arrived = arrivedHere;
    publishIncoming();
    if (state == FrameParser.State.LEFT) {
      deaf = true;
      over = true;
      if (parser.reason() == ByteRing.BYE) {
        connection.peerLeft();
      } else {
        connection.peerFailed(Reasons.of(parser.reason(), name));
      }
      wakeUp();
    }
  }

  private void publishIncoming() {
    if (inWriter.publish() && in.takeAnnouncement(ByteRing.CONSUMER_SLEEPS)) {
      connection.wakeReceiver();
    }
  }

  /** The broker is gone. */
  void broken(Exception why) {
    if (brokenBy == null) {
      brokenBy = why;
    }
    wakeUp();
  }

  // ------------------------------------------------------------------ the thread of the
  // conversation

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
        if (over) {
          return;
        }
        if (silence.isTooLong()) {
          String message =
              name + ": nothing was heard of " + connection.peer() + " for " + silence.limit();
          connection.peerFailed(() -> new PeerDiedException(message));
          boolean unused = say(JmsHead.GONE); // perhaps it lives
          return;
        }
        empty();
        tell();
        claims = 0;
      } catch (JMSException | RuntimeException e) {
        if (JmsWire.isByInterrupt(e) && claims++ < MOST_CLAIMS) {
          LOG.debug("{}: the provider was interrupted, and is asked once more", name, e);
          emptyWanted = true;
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
    if (isGrantDue() || System.nanoTime() - lastSent >= beat) {
      boolean unused = say(JmsHead.STATE); // or somebody is just sending
    }
  }

  private void nap(long most) {
    long untilBeat = lastSent + beat - System.nanoTime();
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
      return Math.min(now - lastHeard, now - since) > peerTimeout;
    }

    Duration limit() {
      return Duration.ofNanos(peerTimeout);
    }
  }

  /** Sends what is left, and says farewell; or that something is lost, when the time is up. */
  private void leave(Silence silence) throws JMSException {
    while (!over && brokenBy == null && !silence.isTooLong()) {
      rung = false;
      JmsWire.forgetInterrupt();
      emptyWanted = true;
      empty();
      if (sayFarewell()) {
        break;
      }
      if (leaveBy.isExpired()) {
        boolean unused = say(JmsHead.GONE);
        return;
      }
      tell();
      nap(leaveBy.remainingNanos());
    }
    complete = true;
  }

  /** If all is sent, and nobody is sending. */
  private boolean sayFarewell() throws JMSException {
    if (!emptying.tryLock()) {
      return false;
    }
    try {
      if (unsure > 0 || outReader.run().hasRemaining()) {
        return false;
      }
      putHead(JmsHead.DATA);
      ByteBuffer.wrap(stage)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(JmsHead.BYTES, ByteRing.word(ByteRing.LEAVE, leaving))
          .putInt(JmsHead.BYTES + 4, 0);
      wire.send(stage, JmsHead.BYTES + ByteRing.HEAD_BYTES);
      sentSomething();
      return true;
    } finally {
      emptying.unlock();
    }
  }

  /** The thread has ended, and is about to close the wire. */
  void closing() {
    if (leaving == ByteRing.OPEN) {
      complete = true;
    }
    if (brokenBy == null) {
      brokenBy = new TransportClosedException(name + " is over"); // for whoever would still send
    }
    left.countDown();
  }

  @Override
  public void ended() {
    gone.countDown();
  }
}
