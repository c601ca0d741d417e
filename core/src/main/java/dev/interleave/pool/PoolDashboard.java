// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A pool over time, as one HTML file: how many threads it had and how many were busy, how many
 * tasks waited, how many ended each second, how long they waited and ran, and what runs now and
 * where. The file needs no network and no script; names and stacks in it are escaped.
 *
 * <pre>{@code
 * try (PoolDashboard dashboard = PoolDashboard.every(Duration.ofSeconds(1), pool)) {
 *   …
 *   dashboard.write(Path.of("pool.html"));
 * }
 * }</pre>
 *
 * <p>Made by {@link #every}, it takes a sample in each period, on a daemon thread of its own, which
 * ends with {@link #close}, or when the pool is terminated. Made by {@link #onDemand}, it has those
 * that {@link #sample} has taken, and no thread. It keeps the newest {@link #KEPT} samples. The
 * first is taken when it is made.
 *
 * <p>Rates and percentiles are those between two samples, not since the pool began: a wait that was
 * long an hour ago does not hide a short one now. A sample costs what {@link MonitoredPool#stats()}
 * costs, some microseconds, and tasks do not notice it.
 *
 * <p>Thread-safe. It keeps its pool reachable until it is unreachable or closed. No argument may be
 * null.
 */
public final class PoolDashboard implements AutoCloseable {
  /** How many samples are kept: ten minutes of them, if there is one each second. */
  public static final int KEPT = 600;

  private static final Duration LEAST_PERIOD = Duration.ofMillis(10);

  private final MonitoredPool pool;
  private final long start = System.nanoTime();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock, as the next one. */
  private final Deque<PoolSample> samples = new ArrayDeque<>();

  private @Nullable PoolLook last;

  private PoolDashboard(MonitoredPool pool) {
    this.pool = pool;
    sample();
  }

  /** One that takes a sample when it is told to. */
  public static PoolDashboard onDemand(MonitoredPool pool) {
    return new PoolDashboard(Objects.requireNonNull(pool, "pool"));
  }

  /**
   * One that takes a sample in each period.
   *
   * @param period from one sample to the next, at least 10 ms
   * @throws IllegalArgumentException if it is shorter
   */
  public static PoolDashboard every(Duration period, MonitoredPool pool) {
    Objects.requireNonNull(period, "period");
    Objects.requireNonNull(pool, "pool");
    if (period.compareTo(LEAST_PERIOD) < 0) {
      throw new IllegalArgumentException(
          "period is less than " + LEAST_PERIOD.toMillis() + " ms: " + period);
    }
    PoolDashboard dashboard = new PoolDashboard(pool);
    long nanos = TimeUnit.NANOSECONDS.convert(period);
    Thread.ofPlatform()
        .daemon()
        .name("interleave-dashboard-" + pool.name())
        .inheritInheritableThreadLocals(false)
        .start(() -> dashboard.sampleEvery(nanos));
    return dashboard;
  }

  private void sampleEvery(long nanos) {
    long next = System.nanoTime() + nanos;
    try {
      while (!pool.isTerminated()
          && !closed.await(next - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        sample();
        next = Math.max(next + nanos, System.nanoTime()); // it does not catch up
      }
    } catch (InterruptedException e) {
      // Somebody else's wish that this thread end: it does.
    }
    if (pool.isTerminated()) {
      sample(); // how it ended
    }
  }

  /** Takes a sample, now. Does nothing once this is closed. */
  public void sample() {
    lock.lock();
    try {
      if (closed.getCount() > 0) {
        PoolLook now = PoolLook.at(pool, System.nanoTime() - start);
        samples.addLast(PoolSample.of(last, now));
        last = now;
        if (samples.size() > KEPT) {
          samples.removeFirst();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many samples there are. */
  public int size() {
    lock.lock();
    try {
      return samples.size();
    } finally {
      lock.unlock();
    }
  }

  /** The page, with what runs now. */
  public String html() {
    List<PoolSample> seen;
    lock.lock();
    try {
      seen = new ArrayList<>(samples);
    } finally {
      lock.unlock();
    }
    return new DashboardPage(pool.stats(), seen, pool.inFlight(), Instant.now()).html();
  }

  /**
   * Writes {@link #html()} to a file, in UTF-8; one that exists is replaced.
   *
   * @throws IOException if that fails
   */
  public void write(Path file) throws IOException {
    Files.writeString(file, html());
  }

  /** Takes no more samples; those taken stay. Idempotent; the pool is left alone. */
  @Override
  public void close() {
    closed.countDown();
  }
}
