// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import jakarta.jms.JMSException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What goes out in a conversation over a broker: whole records from the outgoing ring, for which
 * the other side has room, several in a message. Whoever has something to send empties the ring;
 * one thread does at a time, and those that it keeps out leave their wish behind.
 *
 * <p>Messages with records are numbered. A send that the provider throws out of, be it only for an
 * interrupt, may have sent all the same: the same message is sent once more, with the same number,
 * and the other side takes one of them.
 */
final class JmsSending {
  private final JmsWire wire;
  private final UUID conversation;
  private final ByteRing out;
  private final RingConnection connection;
  private final JmsReceiving receiving;
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

  private volatile boolean stopped;

  /** How many bytes of records have been sent, ever. */
  private volatile long sent;

  /** How many of them are of frames, without padding. */
  private volatile long framesSent;

  /** How many bytes of records the other side is known to have got. */
  private volatile long peerArrived;

  /** How many bytes of records may be sent, in all. */
  private volatile long peerLimit;

  private volatile long lastSent = System.nanoTime();

  /**
   * Sends for a connection.
   *
   * @param peerLimit how many bytes of records may be sent, to begin with
   * @param receiving what came, of which the other side is told
   */
  JmsSending(
      JmsWire wire,
      UUID conversation,
      ByteRing out,
      RingConnection connection,
      long peerLimit,
      JmsReceiving receiving) {
    this.wire = wire;
    this.conversation = conversation;
    this.out = out;
    this.connection = connection;
    this.peerLimit = peerLimit;
    this.receiving = receiving;
    outReader = new RingReader(out, false, connection.maxFrame());
  }

  /** How many bytes the other side is not known to have got. */
  long underWay() {
    return sent - peerArrived;
  }

  long framesSent() {
    return framesSent;
  }

  long messages() {
    return messages.sum();
  }

  long lastSent() {
    return lastSent;
  }

  /** There is something, or there was something that was perhaps not sent. */
  void want() {
    emptyWanted = true;
  }

  /** Nothing more is sent by {@link #empty}. */
  void stop() {
    stopped = true;
  }

  /**
   * What the other side has got, and what it has room for; by the thread of the provider.
   *
   * @return whether somebody has to {@link #empty} again, who had no room
   */
  boolean peerHas(long arrived, long limit) {
    peerArrived = Math.max(peerArrived, arrived);
    if (limit <= peerLimit) {
      return false;
    }
    peerLimit = limit;
    if (!starved) {
      return false;
    }
    starved = false;
    emptyWanted = true;
    return true;
  }

  /** Sends what there is, as far as the other side has room, or leaves it to who is sending. */
  void empty() throws JMSException {
    while (emptyWanted && !starved && !stopped && emptying.tryLock()) {
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
    long limit = receiving.grant();
    new JmsHead(kind, conversation, sequence, receiving.arrived(), limit)
        .encode(ByteBuffer.wrap(stage));
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
  boolean say(byte kind) throws JMSException {
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

  /**
   * Says how this side leaves, if all is sent, and nobody is sending.
   *
   * @return whether it was said
   */
  boolean sayFarewell(int leaving) throws JMSException {
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
}
