// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes in a conversation over a broker: a thread of the provider puts it into the incoming
 * ring, and never waits, as the other side sends no more than it was told that there is room for.
 *
 * <p>It may have sent half of the ring: the rest is for what fills the end of the ring, at most a
 * quarter, and for what has been received and not been freed yet, an eighth at most; so whatever
 * may be sent finds room. A sixteenth that is not granted yet leaves more than a quarter, and so
 * room for one more frame of any length.
 */
final class JmsReceiving {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  private final ByteRing in;
  private final RingWriter inWriter;
  private final FrameParser parser;
  private final RingConnection connection;
  private final long window;
  private final Runnable wakeUp;

  /** How many bytes of records have come, in all. */
  private volatile long arrived;

  /** How much of the incoming ring was filled for its end only. */
  private volatile long padded;

  /** The limit that the other side was told last. */
  private volatile long granted;

  private volatile long lastHeard = System.nanoTime();

  /** The other side has left. */
  private volatile boolean over;

  // The thread's of the provider.

  /** The number of the next message. */
  private long expected;

  private long arrivedHere;

  /** Whatever comes is of no interest any more. */
  private boolean deaf;

  /**
   * Receives for a connection.
   *
   * @param wakeUp called when the other side has left
   */
  JmsReceiving(
      ByteRing in,
      FrameParser parser,
      RingWriter inWriter,
      RingConnection connection,
      Runnable wakeUp) {
    this.in = in;
    this.parser = parser;
    this.inWriter = inWriter;
    this.connection = connection;
    this.wakeUp = wakeUp;
    window = window(in.capacity);
    granted = window;
  }

  /** How much may be sent ahead to a ring of this size. */
  static long window(int bufferBytes) {
    return bufferBytes / 2;
  }

  long arrived() {
    return arrived;
  }

  boolean isOver() {
    return over;
  }

  long lastHeard() {
    return lastHeard;
  }

  // ------------------------------------------------------------------ room

  /** What the other side may have sent in all: never less than it was told before. */
  private long limit() {
    return Math.max(granted, in.head() - padded + window);
  }

  boolean isGrantDue() {
    return limit() - granted >= window / 8;
  }

  /** What to tell the other side now; by one thread at a time. */
  long grant() {
    long limit = limit();
    granted = limit;
    return limit;
  }

  // ------------------------------------------------------------------ the thread of the provider

  /** Something has come; whether anything that comes is still of interest. */
  boolean hears() {
    lastHeard = System.nanoTime();
    return !deaf;
  }

  /** One after the other, in order. */
  void letter(JmsLetter letter) {
    JmsHead head = letter.head();
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
                connection.name()
                    + ": "
                    + connection.peer()
                    + " has left without all that it had sent"));
        wakeUp.run();
      }
      default -> LOG.debug("{}: a message of kind {} is ignored", connection.name(), head.kind());
    }
  }

  private void data(long number, ByteBuffer records) {
    if (number > expected) {
      lost(number);
    } else if (number == expected) {
      expected++;
      parse(records);
    } else {
      LOG.debug("{}: message {} has come twice", connection.name(), number);
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
        connection.peerFailed(Reasons.of(parser.reason(), connection.name()));
      }
      wakeUp.run();
    }
  }

  private void publishIncoming() {
    if (inWriter.publish() && in.takeAnnouncement(ByteRing.CONSUMER_SLEEPS)) {
      connection.wakeReceiver();
    }
  }
}
