// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A thread of its own that does what the test tells it, one {@link Step} after the other.
 *
 * <p>What a thread holds, such as a lock, stays with the actor between its steps. So a test can
 * write down an interleaving line by line: {@code writer.run(lock::lock)} returns when the lock is
 * held, {@code reader.start(other::lock)} returns at once with the step under way.
 *
 * <p>An actor may be given steps by any thread. Made by {@link Actors#actor(String)}.
 */
public final class Actor {
  private final Actors actors;
  private final Thread thread;
  private final BlockingQueue<Step<?>> steps = new LinkedBlockingQueue<>();
  private final Queue<Step<?>> started = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  Actor(Actors actors, String name) {
    this.actors = actors;
    this.thread = actors.kind().unstarted(name, this::work);
  }

  /**
   * Returns its name.
   *
   * @return the name of its thread too
   */
  public String name() {
    return thread.getName();
  }

  /**
   * Returns its thread.
   *
   * @return the thread that runs all its steps
   */
  public Thread thread() {
    return thread;
  }

  /**
   * Does something and waits until it is done.
   *
   * @param task what to do
   * @throws AssertionError if it throws anything, which is the cause then, or is not done in time
   * @throws InterruptedException if the caller is interrupted
   */
  public void run(Task task) throws InterruptedException {
    start(task).result();
  }

  /**
   * Does something, waits until it is done, and returns the result.
   *
   * @param action what to do
   * @param <T> the type of its result
   * @return the result
   * @throws AssertionError if it throws anything, which is the cause then, or is not done in time
   * @throws InterruptedException if the caller is interrupted
   */
  public <T extends @Nullable Object> T call(Callable<T> action) throws InterruptedException {
    return startCall(action).result();
  }

  /**
   * Asks a question and waits for the answer.
   *
   * @param question what to find out
   * @return the answer
   * @throws AssertionError if it throws anything, which is the cause then, or is not done in time
   * @throws InterruptedException if the caller is interrupted
   */
  public boolean ask(Callable<Boolean> question) throws InterruptedException {
    return startCall(question).result();
  }

  /**
   * Begins something, after all the steps begun before, and does not wait for it.
   *
   * @param task what to do
   * @return the step under way
   * @throws IllegalStateException if the actors are closed
   */
  public Step<@Nullable Void> start(Task task) {
    return startCall(() -> {
      task.run();
      return null;
    });
  }

  /**
   * Begins something, after all the steps begun before, and does not wait for its result.
   *
   * @param action what to do
   * @param <T> the type of its result
   * @return the step under way
   * @throws IllegalStateException if the actors are closed
   */
  public <T extends @Nullable Object> Step<T> startCall(Callable<T> action) {
    if (closed) {
      throw new IllegalStateException("closed: " + name());
    }
    Step<T> step = new Step<>(this, action);
    started.add(step);
    steps.add(step);
    return step;
  }

  /** Interrupts its thread; of no effect between two steps. */
  public void interrupt() {
    thread.interrupt();
  }

  /** Returns the patience, or zero once it has been lost: the test has failed by then. */
  Duration patience() {
    return actors.isOutOfPatience() ? Duration.ZERO : actors.patience();
  }

  boolean await(CountDownLatch latch) throws InterruptedException {
    return latch.await(Waiting.nanos(patience()), TimeUnit.NANOSECONDS);
  }

  AssertionError outOfPatience(String what) {
    return actors.outOfPatience(name() + " is " + what);
  }

  Iterable<Step<?>> started() {
    return started;
  }

  boolean isBusy() {
    for (Step<?> step : started) {
      if (!step.isDone()) {
        return true;
      }
    }
    return false;
  }

  void close() {
    closed = true;
    thread.interrupt();
  }

  private void work() {
    while (!closed) {
      try {
        Step<?> step = steps.take();
        Thread.interrupted(); // meant for the step before, and too late
        if (!closed) {
          step.perform();
        }
      } catch (InterruptedException betweenSteps) {
        // Either the actor has been closed, or it was meant for a step that is over.
      }
    }
  }
}
