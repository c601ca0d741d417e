// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How one gets the turn on a side of a connection, and is seen to wait for it. Thread-safe, as it
 * holds nothing of its own.
 */
final class Turns {
  private Turns() {}

  /**
   * Waits for the turn.
   *
   * @param resource the connection, of which it bears the name
   * @param wants what is waited for, for reports
   * @throws TransportTimeoutException if the deadline passes before
   */
  static void take(ReentrantLock turn, Resource resource, String wants, Deadline deadline)
      throws TransportTimeoutException, InterruptedException {
    if (!turn.tryLock()) {
      await(turn, resource, wants, deadline);
    }
  }

  private static void await(ReentrantLock turn, Resource resource, String wants, Deadline deadline)
      throws TransportTimeoutException, InterruptedException {
    String name = resource.name();
    Wait wait =
        Waits.enter(resource, wants, deadline.isNone() ? Wait.Exit.INTERRUPT : Wait.Exit.TIMEOUT);
    TransportWaitEvent event = TransportWaits.begin(name, wants);
    try {
      if (!turn.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
        throw new TransportTimeoutException(name + ": others were waiting before for " + wants);
      }
    } catch (InterruptedException e) {
      throw Waits.causedBy(wait, e);
    } finally {
      wait.leave();
      if (event != null) {
        event.commit();
      }
    }
  }

  /**
   * Takes the turn to put the end of what is sent, whatever the thread is interrupted for.
   *
   * @param patience how many nanoseconds to wait for it; {@link Long#MAX_VALUE} for ever
   * @return false if it could not be had
   */
  static boolean takeToEnd(ReentrantLock turn, long patience) {
    if (patience == Long.MAX_VALUE) {
      turn.lock();
      return true;
    }
    try {
      return turn.tryLock(patience, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return turn.tryLock();
    }
  }
}
