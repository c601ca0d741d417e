// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the threads of a start or a stop tell the one that leads it. As long as there are members
 * that have something to tell, each of them a few times at most.
 *
 * @param <E> what they tell
 */
final class Inbox<E> extends FromAnyone {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  private final Queue<E> events = new ArrayDeque<>();

  /**
   * Of one start or stop.
   *
   * @param name of what starts or stops
   * @param kind what that is
   */
  Inbox(String name, String kind) {
    super(name, kind);
  }

  void add(E event) {
    lock.lock();
    try {
      events.add(event);
      added.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The next one; null if there is none before the deadline. */
  @Nullable E take(Deadline deadline) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      E event = events.poll();
      return event != null ? event : await(deadline);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable E await(Deadline deadline) throws InterruptedException {
    // Timed or not: those who tell are not known to be alone in that, so it is no deadlock.
    Wait.Exit exit = deadline.isNone() ? Wait.Exit.INTERRUPT : Wait.Exit.TIMEOUT;
    Wait wait = Waits.enter(this, "news of its members", exit);
    try {
      while (events.isEmpty() && !deadline.isExpired()) {
        if (deadline.isNone()) {
          added.await();
        } else {
          long unused = added.awaitNanos(deadline.remainingNanos());
        }
      }
      return events.poll();
    } catch (InterruptedException e) {
      throw Waits.causedBy(wait, e);
    } finally {
      wait.leave();
    }
  }
}
