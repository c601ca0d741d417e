// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A task that begins and then waits until it is released, or interrupted if it heeds that. */
final class Held implements Callable<String>, Runnable {
  private final String name;
  private final boolean stubborn;
  private final Duration patience;
  private final Consumer<Thread> entering;
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Makes a task; `entering` is told the thread that runs it. */
  Held(String name, boolean stubborn, Duration patience, Consumer<Thread> entering) {
    this.name = name;
    this.stubborn = stubborn;
    this.patience = patience;
    this.entering = entering;
  }

  /** Waits and returns its name. */
  @Override
  public String call() throws InterruptedException {
    entering.accept(Thread.currentThread());
    begun.countDown();
    try {
      while (true) {
        try {
          gate.await();
          return name;
        } catch (InterruptedException e) {
          interrupted.countDown();
          if (!stubborn) {
            throw e;
          }
        }
      }
    } finally {
      ended.countDown();
    }
  }

  /** The same, as a task without a result, which an interrupt ends quietly. */
  @Override
  public void run() {
    try {
      call();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void release() {
    gate.countDown();
  }

  void awaitBegun() throws InterruptedException {
    assertTrue(await(begun), () -> name + " has not begun within " + patience);
  }

  void awaitInterrupted() throws InterruptedException {
    assertTrue(await(interrupted), () -> name + " is not interrupted within " + patience);
  }

  void awaitEnded() throws InterruptedException {
    assertTrue(await(ended), () -> name + " has not ended within " + patience);
  }

  boolean hasEnded() {
    return ended.getCount() == 0;
  }

  boolean hasBegun() {
    return begun.getCount() == 0;
  }

  void assertNotBegun() {
    assertFalse(hasBegun(), () -> name + " should not have begun");
  }

  void assertNotInterrupted() {
    assertTrue(interrupted.getCount() > 0, () -> name + " should not have been interrupted");
  }

  private boolean await(CountDownLatch latch) throws InterruptedException {
    return latch.await(Waiting.nanos(patience), TimeUnit.NANOSECONDS);
  }

  @Override
  public String toString() {
    return name;
  }
}
