// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.TransportException;
import java.time.Duration;

/**
 * The thread of a reliable channel that receives: what comes over one connection after the other,
 * each until it ends or was silent for too long. When there is no next one the channel has ended.
 *
 * <p>It waits without the lock of the channel; what it calls takes it.
 */
final class ReliableReader implements Runnable {
  private final ReliableState state;
  private final ReliableConnection connection;
  private final Reconnecting reconnecting;
  private final ReliableArrivals arrivals;
  private final Connection first;

  ReliableReader(
      ReliableState state,
      ReliableConnection connection,
      Reconnecting reconnecting,
      ReliableArrivals arrivals,
      Connection first) {
    this.state = state;
    this.connection = connection;
    this.reconnecting = reconnecting;
    this.arrivals = arrivals;
    this.first = first;
  }

  @Override
  public void run() {
    Connection now = first;
    while (now != null) {
      Throwable why = read(now);
      connection.lost(now, why);
      now = reconnecting.next(why);
    }
    finish();
  }

  /** Reads until it ends; why it did. */
  private Throwable read(Connection from) {
    Duration most = state.options.silence();
    long began = System.nanoTime();
    long silence = most.toNanos();
    try {
      while (true) {
        long left = silence - (System.nanoTime() - reconnecting.lastHeard(began));
        if (left <= 0) {
          return new TimeoutNote("nothing was heard for " + most);
        }
        if (!from.receive(arrivals::frame, Deadline.after(Duration.ofNanos(left)))) {
          return new TimeoutNote("the other side has closed " + from.name());
        }
      }
    } catch (TransportException e) {
      return e;
    } catch (Breach e) {
      state.fail("the other side broke the protocol: it " + e.getMessage(), e);
      return e;
    } catch (InterruptedException e) {
      return e; // by close
    }
  }

  /** A reason that is no exception of its own, for the cause of others. */
  private static final class TimeoutNote extends Exception {
    private static final long serialVersionUID = 1L;

    TimeoutNote(String message) {
      super(message, null, true, false);
    }
  }

  private void finish() {
    state.lock.lock();
    try {
      state.finish();
    } finally {
      state.lock.unlock();
    }
  }
}
