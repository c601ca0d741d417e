// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that calls wait for under a lock, and that the registry of waits knows. All methods are
 * called with the lock held.
 */
final class Signal {
  private final Resource resource;
  private final String wants;
  private final Condition condition;

  /**
   * Waited for with {@code lock} held, which a wait gives up meanwhile.
   *
   * @param wants for reports: what one waits for
   */
  Signal(ReentrantLock lock, Resource resource, String wants) {
    this.resource = resource;
    this.wants = wants;
    condition = lock.newCondition();
  }

  void all() {
    condition.signalAll();
  }

  /**
   * Waits until it is so.
   *
   * @param ready asked with the lock held
   * @return false if it was not so when the deadline had passed
   */
  boolean await(BooleanSupplier ready, Deadline deadline) throws InterruptedException {
    if (ready.getAsBoolean()) {
      return true;
    }
    if (deadline.isExpired()) {
      return false;
    }
    Wait wait =
        Waits.enter(resource, wants, deadline.isNone() ? Wait.Exit.INTERRUPT : Wait.Exit.TIMEOUT);
    ChannelWaitEvent event = ChannelWaitEvent.begin(resource.name(), wants);
    try {
      return awaitRegistered(ready, deadline);
    } catch (InterruptedException e) {
      throw Waits.causedBy(wait, e);
    } finally {
      wait.leave();
      end(event);
    }
  }

  private boolean awaitRegistered(BooleanSupplier ready, Deadline deadline)
      throws InterruptedException {
    while (!ready.getAsBoolean()) {
      if (deadline.isNone()) {
        condition.await();
      } else if (condition.awaitNanos(deadline.remainingNanos()) <= 0) {
        return ready.getAsBoolean();
      }
    }
    return true;
  }

  private static void end(@Nullable ChannelWaitEvent event) {
    if (event != null) {
      event.commit();
    }
  }
}
