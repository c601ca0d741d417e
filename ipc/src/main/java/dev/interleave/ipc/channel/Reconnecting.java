// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.TransportException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets the next connection of a reliable channel: after a random time, up to a bound that doubles
 * with each attempt after which nothing was heard, and until nothing was heard for so long that it
 * gives up. Run by the reader of the channel; what it shares is under the lock of the channel, and
 * it holds that while it waits for nothing but the time of the next attempt.
 */
final class Reconnecting {
  private static final Logger LOG = LoggerFactory.getLogger(ReliableChannel.class);

  private final String name;
  private final Connector connector;
  private final ReliableOptions options;
  private final ReentrantLock lock;
  private final Condition over;
  private final Owner owner;

  /** When something right came last, or the channel began. */
  private long heardAt = System.nanoTime();

  private int attempt;

  /** For whom it connects. */
  interface Owner {
    /** Whether a connection is of no more use; with the lock. */
    boolean isDone();

    /** Goes on over this one; false if it is of no use. */
    boolean install(Connection next);

    void fail(String why, Throwable cause);
  }

  /**
   * Makes it for a channel.
   *
   * @param over signalled at the end, or at something on the way to it
   */
  Reconnecting(
      String name,
      Connector connector,
      ReliableOptions options,
      ReentrantLock lock,
      Condition over,
      Owner owner) {
    this.name = name;
    this.connector = connector;
    this.options = options;
    this.lock = lock;
    this.over = over;
    this.owner = owner;
  }

  /** Something right has come; with the lock. */
  void heard(long now) {
    heardAt = now;
    attempt = 0;
  }

  /** When something right came last, or the connection began. */
  long lastHeard(long began) {
    lock.lock();
    try {
      return heardAt - began > 0 ? heardAt : began;
    } finally {
      lock.unlock();
    }
  }

  /** The next connection; null if there is to be none. */
  @Nullable Connection next(Throwable why) {
    while (awaitAttempt(why)) {
      try {
        Connection next = connector.connect(Deadline.after(options.silence()).min(giveUpAt()));
        if (owner.install(next)) {
          return next;
        }
        next.close();
      } catch (TransportException e) {
        LOG.debug("{}: no connection", name, e);
        if (!why.equals(e) && why.getSuppressed().length == 0) {
          why.addSuppressed(e);
        }
      } catch (InterruptedException e) {
        LOG.debug("{}: interrupted, as it is closed", name, e); // which is seen by awaitAttempt
      }
    }
    return null;
  }

  private Deadline giveUpAt() {
    lock.lock();
    try {
      long left = options.giveUpAfter().toNanos() - (System.nanoTime() - heardAt);
      return Deadline.after(Duration.ofNanos(left));
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the time of the next attempt; false if there is to be none. */
  private boolean awaitAttempt(Throwable why) {
    lock.lock();
    try {
      long bound = options.reconnectFirst().toNanos();
      long most = options.reconnectMost().toNanos();
      for (int i = 0; i < attempt && bound < most; i++) {
        bound *= 2;
      }
      attempt++;
      Deadline at =
          Deadline.after(
              Duration.ofNanos(ThreadLocalRandom.current().nextLong(Math.min(bound, most)) + 1));
      while (!owner.isDone()) {
        if (giveUpAt().isExpired()) {
          owner.fail("nothing was heard of the other side for " + options.giveUpAfter(), why);
          return false;
        }
        long left = at.min(giveUpAt()).remainingNanos();
        if (left == 0) {
          return true;
        }
        awaitOver(left);
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
  private void awaitOver(long nanos) {
    try {
      long unused = over.awaitNanos(nanos); // whatever woke it, it looks again
    } catch (InterruptedException e) {
      LOG.debug("{}: interrupted, as it is closed", name, e); // finished is set by then
    }
  }
}
