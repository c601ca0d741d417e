// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a reliable channel that receive: they take messages from the inbox, wait for the
 * next one in order, and find the end.
 *
 * <p>Thread-safe; all is under the lock of the channel.
 */
final class ReliableReceiving {
  private final ReliableState state;
  private final String name;
  private final ReentrantLock lock;
  private final Inbox inbox;
  private final Transmitter transmitter;

  private long received;
  private long discarded;

  ReliableReceiving(ReliableState state) {
    this.state = state;
    name = state.name;
    lock = state.lock;
    inbox = state.inbox;
    transmitter = state.transmitter;
  }

  @Nullable ByteBuffer receive(Deadline deadline) throws ChannelException, InterruptedException {
    lock.lock();
    try {
      boolean more = state.message.await(() -> inbox.hasNext() || isOver(), deadline);
      ByteBuffer frame = take();
      if (frame == null && !more) {
        throw new ChannelTimeoutException(name + ": nothing to receive", null);
      }
      return frame;
    } finally {
      lock.unlock();
    }
  }

  @Nullable ByteBuffer poll() throws ChannelException {
    lock.lock();
    try {
      return take();
    } finally {
      lock.unlock();
    }
  }

  /** Whether all has been received; not if it ended otherwise. */
  boolean isAtEnd() {
    lock.lock();
    try {
      return inbox.isAtEnd() || (state.isPeerClosed() && state.missing() <= 0);
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing will come behind what has come in order. */
  private boolean isOver() {
    return state.isClosing() || inbox.isAtEnd() || state.isPeerClosed() || state.hasFailed();
  }

  private @Nullable ByteBuffer take() throws ChannelException {
    state.checkNotClosed();
    ByteBuffer frame = inbox.take();
    if (frame != null) {
      received++;
      if (transmitter.hasRoomToTell()) {
        transmitter.answer();
        state.work.signal();
      }
      return frame;
    }
    if (inbox.isAtEnd()) {
      return null;
    }
    if (state.isPeerClosed()) {
      long missing = state.missing();
      if (missing > 0) {
        throw new ChannelFailedException(
            name + ": the other side closed before all had come, " + missing + " are missing",
            null);
      }
      return null;
    }
    state.throwFailure();
    return null;
  }

  /** Nobody will receive what is here; with the lock. */
  void discard() {
    discarded += inbox.size();
  }

  /** How many messages were received; with the lock. */
  long received() {
    return received;
  }

  /** How many came and were not received when the channel was closed; with the lock. */
  long discarded() {
    return discarded;
  }

  /** How many can be received at once; with the lock. */
  int waiting() {
    return state.isClosing() ? 0 : inbox.waiting();
  }

  /** How many messages are here that were not received, those behind a gap included. */
  int held() {
    lock.lock();
    try {
      return inbox.size();
    } finally {
      lock.unlock();
    }
  }
}
