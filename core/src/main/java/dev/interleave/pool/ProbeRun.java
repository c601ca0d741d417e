// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.Deadline;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One run of a {@link SizingProbe}: so many threads, which draw numbers until all tasks are done.
 * Who draws number {@code i} is the only one to write the {@code i}th latency; the latch at the end
 * publishes them all.
 */
final class ProbeRun {
  private static final ThreadMXBean BEAN = ManagementFactory.getThreadMXBean();

  /**
   * What all runs of a probe have in common.
   *
   * @param tasks how many make a run
   */
  record Plan(Callable<?> task, int tasks, ThreadFactory threads) {}

  /**
   * What came out.
   *
   * @param nanos from the start of the first task to the end of the last
   * @param latencies of those that did not fail, ascending, in nanoseconds
   * @param failures how many tasks threw
   * @param processorNanos of all threads together; negative if it is not known
   * @param failure the first that was thrown
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares results
  record Result(
      long nanos,
      long[] latencies,
      int failures,
      long processorNanos,
      @Nullable Exception failure) {

    /** Tasks done per second. */
    double throughput() {
      return latencies.length * 1e9 / Math.max(nanos, 1);
    }
  }

  private static final long UNKNOWN = Long.MIN_VALUE;
  private static final long FAILED = -1;

  private final Plan plan;
  private final int size;
  private final AtomicInteger drawn = new AtomicInteger();
  private final long[] latencies;
  private final long[] ended;
  private final LongAdder processor = new LongAdder();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final AtomicReference<@Nullable Error> error = new AtomicReference<>();

  /** Complete before the first task begins. */
  private final List<Thread> threads = new ArrayList<>();

  private final CountDownLatch ready;
  private final CountDownLatch go = new CountDownLatch(1);
  private final CountDownLatch done;
  private volatile boolean givenUp;
  private volatile boolean processorKnown = true;

  ProbeRun(Plan plan, int size) {
    this.plan = plan;
    this.size = size;
    latencies = new long[plan.tasks];
    ended = new long[size];
    ready = new CountDownLatch(size);
    done = new CountDownLatch(size);
  }

  /** Runs it. Returns null if the time was up before. */
  @Nullable Result run(Deadline deadline) throws InterruptedException {
    boolean complete = false;
    try {
      for (int i = 0; i < size; i++) {
        int number = i;
        Thread thread = plan.threads.newThread(() -> work(number));
        if (thread == null) {
          throw new IllegalStateException("the factory of threads made none: " + plan.threads);
        }
        thread.start();
        threads.add(thread);
      }
      if (!await(ready, deadline)) {
        return null;
      }
      long start = System.nanoTime();
      go.countDown();
      if (!await(done, deadline)) {
        return null;
      }
      complete = true;
      return result(start);
    } finally {
      if (!complete) {
        giveUp();
        go.countDown();
      }
    }
  }

  private void giveUp() {
    givenUp = true;
    threads.forEach(Thread::interrupt);
  }

  private static boolean await(CountDownLatch latch, Deadline deadline)
      throws InterruptedException {
    return latch.await(
        Math.min(deadline.remainingNanos(), Deadline.MAX_NANOS), TimeUnit.NANOSECONDS);
  }

  private Result result(long start) {
    Error thrown = error.get();
    if (thrown != null) {
      throw thrown;
    }
    long end = Arrays.stream(ended).max().orElse(start);
    long[] good = Arrays.stream(latencies).filter(nanos -> nanos != FAILED).sorted().toArray();
    return new Result(
        end - start,
        good,
        latencies.length - good.length,
        processorKnown ? processor.sum() : UNKNOWN,
        failure.get());
  }

  private void work(int number) {
    try {
      ready.countDown();
      go.await();
      long before = processorNanos();
      for (int i = draw(); i < plan.tasks; i = draw()) {
        latencies[i] = once();
      }
      ended[number] = System.nanoTime();
      if (before >= 0) {
        processor.add(processorNanos() - before);
      } else {
        processorKnown = false;
      }
    } catch (InterruptedException e) {
      // given up: nobody looks at what this thread has done
      Thread.currentThread().interrupt();
    } finally {
      done.countDown();
    }
  }

  private int draw() {
    return givenUp ? plan.tasks : drawn.getAndIncrement();
  }

  private long once() {
    long start = System.nanoTime();
    try {
      plan.task.call();
      return System.nanoTime() - start;
    } catch (Exception e) {
      failure.compareAndSet(null, e);
      return FAILED;
    } catch (Error e) {
      if (error.compareAndSet(null, e)) {
        giveUp(); // another task may be waiting for this one
      }
      return FAILED;
    } finally {
      if (!givenUp) {
        Thread.interrupted(); // what one task leaves behind is not the next one's
      }
    }
  }

  private static long processorNanos() {
    return !Thread.currentThread().isVirtual()
            && BEAN.isCurrentThreadCpuTimeSupported()
            && BEAN.isThreadCpuTimeEnabled()
        ? BEAN.getCurrentThreadCpuTime()
        : -1;
  }

  /** What several runs of one size say together. */
  static SizingReport.Level level(int size, List<Result> runs) {
    double[] rates = runs.stream().mapToDouble(Result::throughput).toArray();
    long[] all =
        runs.stream().flatMapToLong(run -> Arrays.stream(run.latencies)).sorted().toArray();
    int failures = runs.stream().mapToInt(Result::failures).sum();
    double used = 0;
    for (Result run : runs) {
      used += run.processorNanos < 0 ? Double.NaN : run.processorNanos / (double) run.nanos;
    }
    return new SizingReport.Level(
        size,
        Confidence.mean(rates),
        Confidence.error(rates),
        percentile(all, 0.5),
        percentile(all, 0.9),
        percentile(all, 0.99),
        (double) failures / (failures + all.length),
        used / runs.size(),
        runs.stream().map(Result::failure).filter(e -> e != null).findFirst().orElse(null));
  }

  /** By nearest rank, in nanoseconds; -1 if there are none. */
  private static long percentile(long[] ascending, double share) {
    return ascending.length == 0
        ? -1
        : ascending[(int) Math.max(Math.ceil(share * ascending.length) - 1, 0)];
  }
}
