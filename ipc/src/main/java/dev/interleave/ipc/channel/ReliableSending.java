// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The calls of a reliable channel that send: they put messages into the outbox, and wait for room
 * in it, or until the other side has acknowledged what was sent.
 *
 * <p>Thread-safe; all is under the lock of the channel.
 */
final class ReliableSending {
  private final ReliableState state;
  private final String name;
  private final ReentrantLock lock;
  private final Outbox outbox;

  private long sent;

  ReliableSending(ReliableState state) {
    this.state = state;
    name = state.name;
    lock = state.lock;
    outbox = state.outbox;
  }

  void send(ByteBuffer frame, Deadline deadline) throws ChannelException, InterruptedException {
    lock.lock();
    try {
      checkSendable();
      if (!outbox.hasRoom()) {
        boolean more = state.room.await(() -> !isSendable() || outbox.hasRoom(), deadline);
        checkSendable();
        if (!more) {
          throw new ChannelTimeoutException(
              name + ": no room: " + outbox.messages() + " frames are not acknowledged", null);
        }
      }
      add(frame);
    } finally {
      lock.unlock();
    }
  }

  boolean trySend(ByteBuffer frame) throws ChannelException {
    lock.lock();
    try {
      checkSendable();
      if (!outbox.hasRoom()) {
        return false;
      }
      add(frame);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void add(ByteBuffer frame) {
    outbox.add(Frames.taken(frame));
    sent++;
    state.work.signal();
  }

  private boolean isSendable() {
    return !outbox.isEnded() && !state.hasFailed() && !state.isPeerClosing();
  }

  private void checkSendable() throws ChannelException {
    state.checkNotClosed();
    if (outbox.isEnded()) {
      throw new ChannelClosedException(name + ": its sending half is closed", null);
    }
    state.throwFailure();
    if (state.isPeerClosing()) {
      throw new BrokenChannelException(name + ": the other side has closed the channel", null);
    }
  }

  void awaitAcknowledged(Deadline deadline) throws ChannelException, InterruptedException {
    lock.lock();
    try {
      long last = outbox.last();
      boolean done =
          state.acknowledged.await(
              () ->
                  outbox.isAcknowledged(last)
                      || state.hasFailed()
                      || state.isHopeless()
                      || state.isClosing(),
              deadline);
      if (outbox.isAcknowledged(last)) {
        return;
      }
      state.checkNotClosed();
      state.throwFailure();
      if (state.isHopeless()) {
        throw new BrokenChannelException(
            name + ": the other side has closed, " + outbox.messages() + " not acknowledged", null);
      }
      if (!done) {
        throw new ChannelTimeoutException(
            name + ": " + outbox.messages() + " frames are not acknowledged", null);
      }
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      state.endSending();
    } finally {
      lock.unlock();
    }
  }

  /** How many messages were sent; with the lock. */
  long sent() {
    return sent;
  }
}
