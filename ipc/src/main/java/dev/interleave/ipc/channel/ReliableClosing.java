// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.TransportException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a reliable channel is closed from here: it leaves, waits until the other side knows, and if
 * it does not in time has a last word.
 *
 * <p>Thread-safe, and does nothing the second time. It is decided under the lock of the channel
 * what is to be said; it is said without it.
 */
final class ReliableClosing {
  private static final Logger LOG = LoggerFactory.getLogger(ReliableChannel.class);

  private final ReliableState state;
  private final ReliableConnection connection;
  private final ReliableReceiving receiving;

  ReliableClosing(ReliableState state, ReliableConnection connection, ReliableReceiving receiving) {
    this.state = state;
    this.connection = connection;
    this.receiving = receiving;
  }

  /** Closes it; the reader may be waiting for a connection, and is interrupted at the end. */
  void close(Thread reader) {
    Deadline deadline = Deadline.after(state.options.linger());
    Connection last;
    ByteBuffer lastWord = null;
    state.lock.lock();
    try {
      if (state.isClosing()) {
        return;
      }
      leave();
      awaitGoodbye(deadline);
      end();
      last = connection.now();
      if (last != null && !state.isByeAnswered()) {
        lastWord = lastWord();
      }
    } finally {
      state.lock.unlock();
    }
    try {
      say(lastWord, last, deadline);
    } finally {
      if (last != null) {
        last.close();
      }
      reader.interrupt();
    }
  }

  private void leave() {
    state.close();
    receiving.discard();
    state.transmitter.leave();
    state.endSending();
    state.wakeAll();
  }

  private void awaitGoodbye(Deadline deadline) {
    try {
      while (!state.isDone() && !deadline.isExpired()) {
        long unused = state.over.awaitNanos(deadline.remainingNanos()); // looks again
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end() {
    if (state.outbox.messages() > 0 && !state.hasFailed()) {
      LOG.warn(
          "{} was closed with {} frames not acknowledged", state.name, state.outbox.messages());
    }
    state.finish();
  }

  /** The other side may not know yet that this one has closed. */
  private ByteBuffer lastWord() {
    int head = ReliableFrame.headFor(state.options.window());
    ByteBuffer frame = ByteBuffer.allocate(head); // no message
    state.transmitter.writeLastWord(
        frame, state.isPeerClosed() ? ReliableFrame.BYE_ACK : ReliableFrame.BYE);
    return frame;
  }

  /** If it gets through in time: the writer may still have its turn at the connection. */
  private void say(@Nullable ByteBuffer lastWord, @Nullable Connection to, Deadline deadline) {
    if (lastWord == null || to == null) {
      return;
    }
    try {
      if (!to.trySend(lastWord)) { // which an interrupt does not keep from being sent
        to.send(lastWord, deadline);
      }
    } catch (TransportException e) {
      LOG.debug("{}: the other side went at the same time, or has no room", state.name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
