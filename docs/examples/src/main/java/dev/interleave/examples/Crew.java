// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The threads of one example, none of whose failures is lost and none of which is left behind.
 *
 * <p>To be used by the thread that made it.
 */
public final class Crew implements AutoCloseable {
  /** How long a thread may take to end after an interrupt. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  /** How often to look whether a thread has failed. */
  private static final Duration LOOK = Duration.ofMillis(50);

  private final List<Thread> threads = new ArrayList<>();
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

  /** What a thread does. */
  @FunctionalInterface
  public interface Task {
    /**
     * Does it.
     *
     * @throws Exception fails the example
     */
    void run() throws Exception;
  }

  /** Starts a platform thread. */
  public Thread platform(String name, Task task) {
    return start(Thread.ofPlatform(), name, task);
  }

  /** Starts a virtual thread. */
  public Thread virtual(String name, Task task) {
    return start(Thread.ofVirtual(), name, task);
  }

  private Thread start(Thread.Builder builder, String name, Task task) {
    Thread thread =
        builder
            .name(name)
            .start(() -> {
              try {
                task.run();
              } catch (Throwable e) {
                failures.add(e);
              }
            });
    threads.add(thread);
    return thread;
  }

  /**
   * Waits until all threads have ended. As soon as one has failed, the others are interrupted.
   *
   * @throws AssertionError if one of them failed; its exception is the cause, those of others are
   *     suppressed
   * @throws InterruptedException if the calling thread is interrupted
   */
  public void join() throws InterruptedException {
    for (Thread thread : threads) {
      while (!thread.join(LOOK)) {
        if (!failures.isEmpty()) {
          close(); // the others may be waiting for the one that failed
        }
      }
    }
    throwFailures();
  }

  /**
   * Interrupts the threads that are still running, which is none after {@link #join}, and waits for
   * their end.
   *
   * @throws AssertionError if a thread does not end, or failed otherwise than by this interrupt and
   *     nobody has heard of it yet
   */
  @Override
  public void close() {
    List<Thread> running = threads.stream().filter(Thread::isAlive).toList();
    running.forEach(Thread::interrupt);
    try {
      for (Thread thread : running) {
        if (!thread.join(GRACE)) {
          throw new AssertionError(thread + " does not end when interrupted");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // they have been told; whoever runs the example wants out
    }
    if (!running.isEmpty()) {
      failures.removeIf(InterruptedException.class::isInstance);
    }
    throwFailures();
  }

  private void throwFailures() {
    Throwable first = failures.poll();
    if (first != null) {
      AssertionError error = new AssertionError("a thread of the example failed: " + first, first);
      for (Throwable next = failures.poll(); next != null; next = failures.poll()) {
        error.addSuppressed(next);
      }
      throw error;
    }
  }
}
