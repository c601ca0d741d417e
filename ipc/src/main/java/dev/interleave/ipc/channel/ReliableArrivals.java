// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What becomes of a frame that comes over a reliable channel: it is taken in, or dropped and
 * counted, and whoever it concerns is woken.
 *
 * <p>All is under the lock of the channel. It is the reader who calls {@link #frame}.
 */
final class ReliableArrivals {
  private final ReliableState state;
  private final ReentrantLock lock;
  private final Outbox outbox;
  private final Inbox inbox;
  private final Transmitter transmitter;
  private final Reconnecting reconnecting;

  private long duplicates;
  private long outOfOrder;
  private long damaged;
  private long ignored;

  ReliableArrivals(ReliableState state, Reconnecting reconnecting) {
    this.state = state;
    this.reconnecting = reconnecting;
    lock = state.lock;
    outbox = state.outbox;
    inbox = state.inbox;
    transmitter = state.transmitter;
  }

  /**
   * A frame has come, or what is left of it.
   *
   * @throws Breach if the other side cannot have meant this
   */
  void frame(ByteBuffer lent) {
    ReliableFrame frame = ReliableFrame.parse(lent);
    lock.lock();
    try {
      if (frame == null) {
        damaged++;
      } else if (transmitter.isForMe(frame)) {
        handle(frame, System.nanoTime());
      } else {
        ignored++;
        transmitter.answerStranger();
        state.work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void handle(ReliableFrame frame, long now) {
    reconnecting.heard(now);
    boolean knew = transmitter.isPeerLeaving();
    transmitter.heard(frame);
    if (outbox.acknowledge(frame, now) || knew != transmitter.isPeerLeaving()) {
      state.room.all();
      state.acknowledged.all();
    }
    switch (frame.kind()) {
      case ReliableFrame.DATA -> data(frame);
      case ReliableFrame.END -> {
        inbox.end(frame.number());
        transmitter.answer();
        state.message.all();
      }
      case ReliableFrame.ACK -> {}
      case ReliableFrame.BYE -> {
        transmitter.answerBye();
        state.peerClosed(frame.number());
      }
      case ReliableFrame.BYE_ACK -> state.byeAnswered();
      default -> throw new Breach("sends frames of an unknown kind, " + frame.kind());
    }
    state.work.signal();
  }

  private void data(ReliableFrame frame) {
    if (state.isClosing()) {
      return; // not acknowledged, as nobody will receive it
    }
    transmitter.answer();
    switch (inbox.look(frame.number())) {
      case AGAIN -> duplicates++;
      case BEYOND -> ignored++;
      case EARLY -> {
        outOfOrder++;
        inbox.put(frame.number(), Frames.copy(frame.payload()));
      }
      case IN_ORDER -> {
        inbox.put(frame.number(), Frames.copy(frame.payload()));
        state.message.all();
      }
    }
  }

  /** Messages that had come before; with the lock, as those below. */
  long duplicates() {
    return duplicates;
  }

  long outOfOrder() {
    return outOfOrder;
  }

  long damaged() {
    return damaged;
  }

  /** What was not for this side, or for which there was no room. */
  long ignored() {
    return ignored;
  }
}
