// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.pool;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.pool.MonitoredPool;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Workers for tasks of several types, on virtual threads; at most three at once. */
public final class AsyncWorkers implements Example {
  private static final int WORKERS = 3;

  private final Map<String, Function<String, Callable<Long>>> handlers =
      Map.of(
          "request", url -> () -> (long) url.length(),
          "calculation", range -> () -> sum(Integer.parseInt(range)),
          "file_processing", path -> () -> (long) path.lastIndexOf('/'));

  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  /** Made by the tour. */
  public AsyncWorkers() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new AsyncWorkers());
  }

  @Override
  public String shows() {
    return "Tasks of three types on virtual threads, three at a time. A type that is not known is"
        + " refused when it is submitted, and a stop loses nothing: it drains and reports.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    MonitoredPool pool = MonitoredPool.builder("async").virtual(WORKERS).build();
    List<CompletableFuture<Long>> results = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      results.add(submit(pool, "request", "/posts/" + i));
    }
    for (String range : List.of("99", "50", "10")) {
      results.add(submit(pool, "calculation", range));
    }
    for (String file : List.of("/tmp/one", "/tmp/two")) {
      results.add(submit(pool, "file_processing", file));
    }
    Expect.thrown(IllegalArgumentException.class, () -> submit(pool, "unknown", "1").isDone());
    StopReport report = pool.close(Duration.ofSeconds(30));
    out.println(report);
    Expect.that("nothing is lost", report.isClean());
    Expect.equal("all are done", 8L, results.stream().filter(r -> r.isDone()).count());
    Expect.equal("sum of 1 to 99", 4_950L, results.get(3).get());
    Expect.that("three at a time", most.get() <= WORKERS);
    Expect.that("no more threads either", pool.stats().peak() <= WORKERS);
    return "8 tasks of 3 types, 8 done, 0 failed; 1..99 is " + results.get(3).get();
  }

  private CompletableFuture<Long> submit(MonitoredPool pool, String type, String argument) {
    Function<String, Callable<Long>> handler = handlers.get(type);
    if (handler == null) {
      throw new IllegalArgumentException("no handler for tasks of type " + type);
    }
    Callable<Long> task = handler.apply(argument);
    return pool.submit(
        type + ' ' + argument,
        () -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          try {
            return task.call();
          } finally {
            running.decrementAndGet();
          }
        },
        Deadline.after(Duration.ofSeconds(30)));
  }

  private static long sum(int last) {
    return IntStream.rangeClosed(1, last).sum();
  }
}
