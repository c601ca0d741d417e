// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a side of a reliable channel sends next, and when: messages, answers, probes, signs of life
 * and farewells. Guarded by the lock of the channel.
 */
final class Transmitter {
  /** How often the time between two probes is doubled, at most. */
  private static final int MOST_PROBES = 5;

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final ReliableOptions options;
  private final Outbox outbox;
  private final Inbox inbox;
  private final RoundTrip roundTrip;
  private final long me = random();

  /** Zero until something has come. */
  private long peer;

  /** The latest transmission that has come. */
  private long echo;

  private boolean heardHere;
  private boolean strangerAnswered;
  private long sentAt = System.nanoTime();
  private boolean answerDue;
  private long advertised;
  private long probeAt = sentAt;
  private int probes;

  private boolean leaving;

  /** The other side does not know from here yet that this one is leaving. */
  private boolean leavingUntold;

  /** The other side takes no more messages in. */
  private boolean peerLeaving;

  private boolean byeAnswerDue;
  private long byeAt;
  private int byes;

  Transmitter(ReliableOptions options, Outbox outbox, Inbox inbox, RoundTrip roundTrip) {
    this.options = options;
    this.outbox = outbox;
    this.inbox = inbox;
    this.roundTrip = roundTrip;
  }

  private static long random() {
    long number;
    do {
      number = ThreadLocalRandom.current().nextLong();
    } while (number == 0);
    return number;
  }

  // ------------------------------------------------------------------ what makes something due

  /** Over a connection over which nothing was sent yet. */
  void begin() {
    heardHere = false;
    strangerAnswered = false;
    probes = 0;
    probeAt = System.nanoTime();
    outbox.connectionLost();
  }

  /** Whether it is from the other side, to this one. */
  boolean isForMe(ReliableFrame frame) {
    if (frame.to() != 0 && frame.to() != me) {
      return false;
    }
    if (frame.from() == 0 || frame.from() == me) {
      throw new Breach("is this side");
    }
    if (peer == 0) {
      peer = frame.from();
    } else if (peer != frame.from()) {
      throw new Breach(
          "has begun anew, and "
              + outbox.messages()
              + " frames that were sent were not acknowledged before");
    }
    return true;
  }

  /** Takes note of what a frame from the other side says, but for what it acknowledges. */
  void heard(ReliableFrame frame) {
    if (!heardHere || !outbox.isHeldUp()) {
      probes = 0;
    }
    heardHere = true;
    echo = Math.max(echo, frame.transmission());
    answerDue |= frame.wantsAnswer();
    peerLeaving |= frame.receivesNoMore();
  }

  /** Whether the other side has said that it takes no more messages in. */
  boolean isPeerLeaving() {
    return peerLeaving;
  }

  /**
   * Whether messages are left that will never be acknowledged: who leaves has said with that which
   * ones have come, and that is the last word.
   */
  boolean isHopeless() {
    return peerLeaving && outbox.messages() > 0;
  }

  void answer() {
    answerDue = true;
  }

  /** So that the other side learns who is here; once for each connection, or it would echo. */
  void answerStranger() {
    answerDue |= !strangerAnswered;
    strangerAnswered = true;
  }

  void answerBye() {
    byeAnswerDue = true;
  }

  /** There is so much more room than the other side was told that it may be waiting for it. */
  boolean hasRoomToTell() {
    return inbox.limit() - advertised > options.window() / 2;
  }

  /**
   * Takes no more messages in, says so with each frame from now on, and says farewell as soon as
   * all that can be acknowledged is.
   */
  void leave() {
    leaving = true;
    leavingUntold = true;
    byeAt = System.nanoTime();
  }

  // ------------------------------------------------------------------ what is due

  /** Writes what is due, or says how long nothing is. */
  long fill(ByteBuffer out, long now) {
    if (byeAnswerDue) {
      byeAnswerDue = false;
      write(out, ReliableFrame.BYE_ACK, false, 0, NOTHING, now);
      return 0;
    }
    boolean hopeless = isHopeless();
    boolean ready = leaving && (hopeless || outbox.isEmpty());
    if (ready && byeAt - now <= 0) {
      byeAt = now + roundTrip.timeoutNanos(++byes);
      write(out, ReliableFrame.BYE, false, outbox.last(), NOTHING, now);
      return 0;
    }
    Outbox.Item item = hopeless ? null : outbox.next(now);
    if (item != null) {
      outbox.sent(item, write(out, item.kind, false, item.number, item.payload, now), now);
      return 0;
    }
    boolean probing = !heardHere || (!hopeless && outbox.isHeldUp());
    if (probing && probeAt - now <= 0) {
      probes = Math.min(probes + 1, MOST_PROBES);
      probeAt = now + roundTrip.timeoutNanos(probes);
      write(out, ReliableFrame.ACK, true, 0, NOTHING, now);
      return 0;
    }
    long beatAt = sentAt + options.heartbeat().toNanos();
    if (answerDue || leavingUntold || beatAt - now <= 0) {
      write(out, ReliableFrame.ACK, false, 0, NOTHING, now);
      return 0;
    }
    long wait = hopeless ? beatAt - now : Math.min(beatAt - now, outbox.nanosUntilDue(now));
    wait = probing ? Math.min(wait, probeAt - now) : wait;
    return ready ? Math.min(wait, byeAt - now) : wait;
  }

  private long write(
      ByteBuffer out, byte kind, boolean wantsAnswer, long number, ByteBuffer payload, long now) {
    long transmission = outbox.transmit(now);
    advertised = inbox.limit();
    new ReliableFrame(
            kind,
            wantsAnswer,
            answerDue,
            leaving,
            me,
            peer,
            transmission,
            echo,
            number,
            inbox.acknowledged(),
            advertised,
            inbox.bitmap(),
            payload)
        .write(out);
    answerDue = false;
    leavingUntold = false;
    sentAt = now;
    return transmission;
  }

  /** The farewell, or the answer to one, whatever else is due. */
  void writeLastWord(ByteBuffer out, byte kind) {
    long unused = write(out, kind, false, outbox.last(), NOTHING, System.nanoTime());
  }
}
