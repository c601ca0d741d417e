// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.pool;

import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.pool.Batch;
import dev.interleave.pool.BatchResult;
import dev.interleave.pool.MonitoredPool;
import dev.interleave.pool.Outcome;
import dev.interleave.pool.Outcomes;
import dev.interleave.pool.PoolStats;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Ten tasks on four threads: each has its result, or an error of its own. */
public final class TaskManager implements Example {
  private static final int THREADS = 4;
  private static final Duration LIMIT = Duration.ofMillis(50);

  private final CountDownLatch never = new CountDownLatch(1);

  /** Made by the tour. */
  public TaskManager() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new TaskManager());
  }

  /**
   * What is to be done.
   *
   * @param id stands in reports
   * @param value what is to be doubled
   */
  record Job(String id, int value) {}

  @Override
  public String shows() {
    return "Tasks that are handed over together and awaited together: one that fails has its"
        + " exception and harms no other one, one that hangs is really ended, and the next lot"
        + " knows nothing of the first.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    MonitoredPool pool = MonitoredPool.builder("tasks").threads(THREADS, THREADS).build();
    try (pool) {
      Batch batch = Batch.on(pool).name("tasks");
      // Nine tasks have all the time they need, also on a machine that stands still for a moment.
      try (Outcomes<Job, Integer> hanging =
          batch.callTimeout(LIMIT).asCompleted(jobs(4, 4).iterator(), this::process)) {
        List<Job> others = Stream.of(jobs(1, 3), jobs(5, 10)).flatMap(List::stream).toList();
        BatchResult<Job, Integer> result = batch.collect(others, this::process);
        for (Outcome<Job, Integer> outcome : result.outcomes()) {
          out.println(line(outcome));
        }
        Expect.equal("in order", List.of(20, 40, 60, 100, 120, 160, 180, 200), result.values());
        Expect.equal("failed", List.of("task_7"), ids(result.failures()));
        Throwable cause = result.failures().get(0).cause();
        Expect.equal("task_7", "task task_7 failed", cause.getMessage());
        Expect.that("with its stack", cause.getStackTrace().length > 0);

        Outcome<Job, Integer> late = Expect.present("task_4", hanging.takeOrNull());
        out.println(line(late));
        Expect.that(
            "task_4 was late",
            late instanceof Outcome.Failure<Job, Integer> failure
                && failure.cause() instanceof TimeoutException);
      }

      BatchResult<Job, Integer> next = batch.collect(jobs(11, 12), this::process);
      Expect.equal("the next lot, and no more", List.of(220, 240), next.values());
    }
    PoolStats stats = pool.stats();
    Expect.that("threads at most: " + stats.peak(), stats.peak() <= THREADS);
    Expect.equal("nothing left", 0L, stats.queued() + stats.active());
    RejectedExecutionException rejected =
        Expect.thrown(
            RejectedExecutionException.class,
            () -> Batch.on(pool).map(jobs(13, 13), this::process));
    out.println(rejected.getMessage());
    return "12 tasks on 4 threads: 10 done, 1 failed, 1 ended in time; none after the close";
  }

  private static List<Job> jobs(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(i -> new Job("task_" + i, 10 * i)).toList();
  }

  private int process(Job job) throws InterruptedException {
    if (job.id().equals("task_4")) {
      never.await(); // until it is interrupted
    }
    if (job.id().equals("task_7")) {
      throw new IllegalStateException("task " + job.id() + " failed");
    }
    return 2 * job.value();
  }

  private static List<String> ids(List<Outcome.Failure<Job, Integer>> failures) {
    return failures.stream().map(failure -> failure.input().id()).toList();
  }

  private static String line(Outcome<Job, Integer> outcome) {
    return outcome instanceof Outcome.Success<Job, Integer> success
        ? success.input().id() + ": " + success.value()
        : outcome.input().id() + ": " + outcome;
  }
}
