// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.Deadline;
import dev.interleave.lifecycle.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Several things that may block, each on a virtual thread of its own, so that none of them waits
 * for another. What one throws goes to the uncaught exception handler of its thread.
 */
final class Together {
  private static final Threads THREADS = Threads.virtual("interleave-rpc-together-{n}").build();

  private final List<Thread> threads = new ArrayList<>();

  private Together() {}

  /** Begins with all of it. */
  static Together begin(Collection<? extends Runnable> actions) {
    Together all = new Together();
    for (Runnable action : actions) {
      Thread thread = THREADS.newThread(action);
      thread.start();
      all.threads.add(thread);
    }
    return all;
  }

  /** Waits until all have ended; an interrupt of the thread is for later, and kept. */
  void awaitAll() {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits no longer than to the deadline, or until the thread is interrupted, which it stays. */
  void await(Deadline deadline) {
    try {
      for (Thread thread : threads) {
        boolean unused = thread.join(Duration.ofNanos(deadline.remainingNanos()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
