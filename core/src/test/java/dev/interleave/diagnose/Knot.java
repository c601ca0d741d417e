// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import dev.interleave.Guard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Threads that each take one thing, wait until all have theirs, and then each want another's: a
 * deadlock for sure. Each then gives up what it has and ends, and what became of it is counted.
 */
final class Knot {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What kinds of threads take part. */
  enum Threads {
    PLATFORM,
    VIRTUAL,
    MIXED;

    Thread unstarted(int i, String name, Runnable body) {
      boolean virtual = this == VIRTUAL || (this == MIXED && i % 2 == 1);
      return virtual
          ? Thread.ofVirtual().name(name).unstarted(body)
          : Thread.ofPlatform().daemon().name(name).unstarted(body);
    }
  }

  /** A way to take something and hold it. */
  @FunctionalInterface
  interface Take {
    Guard take() throws InterruptedException;
  }

  /**
   * What one thread does.
   *
   * @param first what it takes before the others want it
   * @param second what it wants then, held by another
   */
  record Part(Take first, Take second) {}

  /** Threads that were refused by an exception. */
  final Queue<DeadlockException> refused = new ConcurrentLinkedQueue<>();

  /** Threads that got an InterruptedException caused by a deadlock. */
  final Queue<DeadlockException> interrupted = new ConcurrentLinkedQueue<>();

  /** Anything else that they threw. */
  final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  /** Those that got all they wanted. */
  final Queue<Thread> served = new ConcurrentLinkedQueue<>();

  /** Those that ended with an interrupt pending. */
  final Queue<Thread> leftInterrupted = new ConcurrentLinkedQueue<>();

  final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch ready;

  Knot(Threads kinds, List<Part> parts) {
    ready = new CountDownLatch(parts.size());
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      threads.add(kinds.unstarted(i, "knot-" + i, () -> run(part)));
    }
  }

  /** Starts all of them. */
  Knot tie() {
    threads.forEach(Thread::start);
    return this;
  }

  private void run(Part part) {
    try (Guard first = part.first.take()) {
      ready.countDown();
      if (!ready.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("not all have come");
      }
      try (Guard second = part.second.take()) {
        served.add(Thread.currentThread());
      }
    } catch (DeadlockException e) {
      refused.add(e);
    } catch (InterruptedException e) {
      if (e.getCause() instanceof DeadlockException deadlock) {
        interrupted.add(deadlock);
      } else {
        failures.add(e);
      }
    } catch (Throwable e) {
      failures.add(e);
    }
    if (Thread.currentThread().isInterrupted()) {
      leftInterrupted.add(Thread.currentThread());
    }
  }

  /** Waits for all to end; fails if one does not. */
  Knot untied() throws InterruptedException {
    for (Thread thread : threads) {
      if (!thread.join(PATIENCE)) {
        throw new AssertionError("stuck: " + Diagnosis.report());
      }
    }
    if (!failures.isEmpty()) {
      AssertionError error = new AssertionError("unexpected: " + failures);
      failures.forEach(error::addSuppressed);
      throw error;
    }
    return this;
  }

  /** How many were refused or interrupted. */
  int victims() {
    return refused.size() + interrupted.size();
  }

  /** The deadlock of the only victim; fails if there is not exactly one. */
  Deadlock onlyVictims() {
    if (victims() != 1 || served.size() != threads.size() - 1) {
      throw new AssertionError(
          "refused " + refused + ", interrupted " + interrupted + ", served " + served);
    }
    if (!leftInterrupted.isEmpty()) {
      throw new AssertionError("left interrupted: " + leftInterrupted);
    }
    @Nullable DeadlockException victim = refused.peek();
    DeadlockException only = victim != null ? victim : interrupted.element();
    return only.deadlock().orElseThrow();
  }
}
