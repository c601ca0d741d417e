// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How far a {@link VirtualTime} has got, the tasks that wait for it to go on, and whether more are
 * taken. One lock guards it all, the times of the tasks included.
 */
final class VirtualQueue {
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by lock.
  private final TreeSet<VirtualTask<?>> waiting = new TreeSet<>(VirtualTask.IN_ORDER);
  private long elapsed;
  private long handedOver;
  private boolean shutdown;
  private @Nullable Thread runner; // of the task that was taken and has not ended

  /** Adds a task that is due after that delay; tells whether it did: not after a shutdown. */
  boolean add(VirtualTask<?> task, long delay) {
    lock.lock();
    try {
      if (shutdown) {
        return false;
      }
      task.handedOver(handedOver++, plus(elapsed, Math.max(delay, 0)));
      return waiting.add(task);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds a periodic task that has run; tells whether it did: not after a shutdown, not if cancelled
   * meanwhile, and not if its next time is after the end of time.
   */
  boolean addAgain(VirtualTask<?> task) {
    lock.lock();
    try {
      waiting.remove(task); // it is there only if run by hand, and must not change its time there
      return !shutdown && !task.isDone() && task.dueAgain(elapsed) && waiting.add(task);
    } finally {
      lock.unlock();
    }
  }

  void remove(VirtualTask<?> task) {
    lock.lock();
    try {
      waiting.remove(task);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the next task if it is due by then, and makes it the time at which it is due; {@link
   * #ended()} must follow. Without one it is that time, and the result is null.
   */
  @Nullable VirtualTask<?> take(long until) {
    lock.lock();
    try {
      if (!isDue(until)) {
        elapsed = Math.max(elapsed, until);
        return null;
      }
      VirtualTask<?> next = waiting.removeFirst();
      elapsed = Math.max(elapsed, next.due());
      runner = Thread.currentThread();
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** The task that was taken has ended. */
  void ended() {
    lock.lock();
    try {
      runner = null;
    } finally {
      lock.unlock();
    }
  }

  /** Tells whether a task waits that is due by then. */
  boolean isDue(long until) {
    lock.lock();
    try {
      return !waiting.isEmpty() && waiting.first().due() <= until;
    } finally {
      lock.unlock();
    }
  }

  @Nullable Long nextDue() {
    lock.lock();
    try {
      return waiting.isEmpty() ? null : Long.valueOf(waiting.first().due());
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  long elapsed() {
    lock.lock();
    try {
      return elapsed;
    } finally {
      lock.unlock();
    }
  }

  long untilDue(VirtualTask<?> task) {
    lock.lock();
    try {
      return task.due() - elapsed;
    } finally {
      lock.unlock();
    }
  }

  int compare(VirtualTask<?> one, VirtualTask<?> other) {
    lock.lock();
    try {
      return VirtualTask.IN_ORDER.compare(one, other);
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more tasks, and cancels the periodic ones. */
  void shutdown() {
    lock.lock();
    try {
      shutdown = true;
      for (VirtualTask<?> task : List.copyOf(waiting)) {
        if (task.isPeriodic()) {
          task.cancel(false); // which removes it
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more tasks, interrupts the one that runs, and returns those that will not. */
  List<Runnable> shutdownNow() {
    lock.lock();
    try {
      shutdown = true;
      List<Runnable> dropped = new ArrayList<>(waiting);
      waiting.clear();
      if (runner != null) {
        runner.interrupt();
      }
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  boolean isShutdown() {
    lock.lock();
    try {
      return shutdown;
    } finally {
      lock.unlock();
    }
  }

  boolean isTerminated() {
    lock.lock();
    try {
      return shutdown && runner == null && waiting.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** The sum, or the end of time. */
  static long plus(long time, long delay) {
    long sum = time + delay;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }
}
