// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A task that runs until it is let go, or interrupted if it heeds that. */
final class Blocker implements Callable<String>, Runnable {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final boolean stubborn;
  private final CountDownLatch in = new CountDownLatch(1);
  private final CountDownLatch out = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  final AtomicInteger runs = new AtomicInteger();

  private volatile Thread thread = Thread.currentThread();
  CompletableFuture<String> future = new CompletableFuture<>();

  Blocker(boolean stubborn) {
    this.stubborn = stubborn;
  }

  /** Submitted, but perhaps not begun. */
  static Blocker submit(MonitoredPool pool) {
    return submit(pool, false, Deadline.none());
  }

  static Blocker submit(MonitoredPool pool, boolean stubborn, Deadline deadline) {
    Blocker blocker = new Blocker(stubborn);
    blocker.future = pool.submit((Callable<String>) blocker, deadline);
    return blocker;
  }

  /** Submitted and running. */
  static Blocker in(MonitoredPool pool) throws InterruptedException {
    Blocker blocker = submit(pool);
    blocker.awaitBegun();
    return blocker;
  }

  static Blocker stubbornIn(MonitoredPool pool) throws InterruptedException {
    Blocker blocker = submit(pool, true, Deadline.none());
    blocker.awaitBegun();
    return blocker;
  }

  /** As many that run as the pool has threads. */
  static List<Blocker> fill(MonitoredPool pool, int threads) throws InterruptedException {
    List<Blocker> blockers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      blockers.add(in(pool));
    }
    return blockers;
  }

  @Override
  public String call() throws InterruptedException {
    runs.incrementAndGet();
    thread = Thread.currentThread();
    in.countDown();
    try {
      while (true) {
        try {
          // With a limit, so that the pool of a test that failed can be closed.
          assertThat(out.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("let go").isTrue();
          return "let go";
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

  @Override
  public void run() {
    try {
      call();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void letGo() {
    out.countDown();
  }

  Thread thread() {
    return thread;
  }

  boolean hasBegun() {
    return in.getCount() == 0;
  }

  boolean wasInterrupted() {
    return interrupted.getCount() == 0;
  }

  void awaitBegun() throws InterruptedException {
    assertThat(in.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("begun").isTrue();
  }

  void awaitInterrupted() throws InterruptedException {
    assertThat(interrupted.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("interrupted")
        .isTrue();
  }

  void awaitEnded() throws InterruptedException {
    assertThat(ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("ended").isTrue();
  }
}
