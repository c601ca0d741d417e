// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.TransportException;
import dev.interleave.ipc.transport.TransportTimeoutException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The thread of a reliable channel that sends: what is due ({@link Transmitter}), over the
 * connection there is, until the channel has ended.
 *
 * <p>What is due it finds out with the lock of the channel; it sends without.
 */
final class ReliableWriter implements Runnable {
  private final ReliableState state;
  private final ReliableConnection connection;

  /** How long the longest frame gets. */
  private final int frameBytes;

  ReliableWriter(ReliableState state, ReliableConnection connection, int frameBytes) {
    this.state = state;
    this.connection = connection;
    this.frameBytes = frameBytes;
  }

  @Override
  public void run() {
    ByteBuffer frame = ByteBuffer.allocate(frameBytes);
    Connection over = nextFrame(frame);
    while (over != null) {
      try {
        over.send(frame, Deadline.after(state.options.silence()));
      } catch (TransportTimeoutException e) {
        // The other side does not receive; the reader gets another connection.
        connection.lost(over, e);
      } catch (TransportException e) {
        // The reader will find the end, too, behind what came before it.
        connection.forget(over, e);
      } catch (InterruptedException e) {
        throw new AssertionError(state.name + ": nobody knows this thread", e);
      }
      over = nextFrame(frame);
    }
  }

  /** Waits until a frame is due, and writes it; null when there will be none. */
  private @Nullable Connection nextFrame(ByteBuffer out) {
    state.lock.lock();
    try {
      while (!state.isFinished()) {
        Connection now = connection.now();
        if (now == null) {
          state.work.awaitUninterruptibly();
        } else {
          long wait = state.transmitter.fill(out, System.nanoTime());
          if (wait == 0) {
            return now;
          }
          sleep(wait);
        }
      }
      return null;
    } finally {
      state.lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
  private void sleep(long nanos) {
    try {
      long unused = state.work.awaitNanos(nanos); // whatever woke it, it looks again
    } catch (InterruptedException e) {
      throw new AssertionError(state.name + ": nobody knows this thread", e);
    }
  }
}
