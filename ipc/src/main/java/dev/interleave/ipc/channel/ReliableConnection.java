// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.ipc.transport.Connection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection over which a reliable channel goes at the moment, or none between one that was
 * lost and the next.
 *
 * <p>Which one it is, is guarded by the lock of the channel; none is closed with it held. All
 * methods may be called by any thread, without it unless they say so.
 */
final class ReliableConnection implements Reconnecting.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(ReliableChannel.class);

  private final ReliableState state;

  /** How long a frame of a connection has to be at least. */
  private final int frameBytes;

  private @Nullable Connection connection;
  private long reconnects;

  ReliableConnection(ReliableState state, Connection first, int frameBytes) {
    this.state = state;
    this.frameBytes = frameBytes;
    connection = first;
  }

  /** The one there is, or null; with the lock. */
  @Nullable Connection now() {
    return connection;
  }

  /** How many have come after the first one; with the lock. */
  long reconnects() {
    return reconnects;
  }

  /** It is over with this one. */
  void lost(Connection which, Throwable why) {
    forget(which, why);
    which.close();
  }

  /** Nothing is sent over it any more. */
  @SuppressWarnings("ReferenceEquality") // that one, not one like it
  void forget(Connection which, Throwable why) {
    state.lock.lock();
    try {
      if (connection == which) {
        connection = null;
        if (!state.isClosing() && !isDone()) {
          LOG.info("{}: lost {}: {}", state.name, which.name(), String.valueOf(why.getMessage()));
        }
      }
    } finally {
      state.lock.unlock();
    }
  }

  /** Closes the one there is. */
  void close() {
    Connection last;
    state.lock.lock();
    try {
      last = connection;
    } finally {
      state.lock.unlock();
    }
    if (last != null) {
      last.close();
    }
  }

  // ------------------------------------------------------------------ for whom it is reconnected

  @Override
  public boolean isDone() {
    return state.isDone();
  }

  @Override
  public boolean install(Connection next) {
    state.lock.lock();
    try {
      if (isDone()) {
        return false;
      }
      if (next.maxFrame() < frameBytes) {
        LOG.warn("{}: {} takes frames of {} bytes only", state.name, next, next.maxFrame());
        return false;
      }
      connection = next;
      state.transmitter.begin();
      reconnects++;
      state.work.signal();
      LOG.info("{}: goes on over {}", state.name, next.name());
      return true;
    } finally {
      state.lock.unlock();
    }
  }

  @Override
  public void fail(String why, Throwable cause) {
    state.fail(why, cause);
  }
}
