// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.pool;

import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.pool.Batch;
import dev.interleave.pool.MonitoredPool;
import dev.interleave.pool.Outcome;
import dev.interleave.pool.Outcomes;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Tasks that are tried up to four times, each time those that may succeed yet. */
public final class RetryBatch implements Example {
  private static final int ATTEMPTS = 4;
  private static final Duration CALL = Duration.ofMillis(50);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(2);

  private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
  private final AtomicInteger running = new AtomicInteger();
  private final CountDownLatch never = new CountDownLatch(1);

  /** Made by the tour. */
  public RetryBatch() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new RetryBatch());
  }

  @Override
  public String shows() {
    return "A batch whose failures are tried again, up to 4 times with longer and longer pauses: an"
        + " attempt that takes too long is ended before the next, a mistake is not repeated, and no"
        + " cause is lost.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    List<String> tasks = List.of("steady", "shaky", "slow once", "dead", "mistaken");
    Map<String, String> results = new LinkedHashMap<>();
    Map<String, Throwable> errors = new LinkedHashMap<>();
    try (MonitoredPool pool = MonitoredPool.builder("retries").threads(3, 3).build()) {
      Batch batch = Batch.on(pool).name("tasks");
      List<String> left = tasks;
      Duration pause = FIRST_PAUSE;
      for (int attempt = 1; !left.isEmpty(); attempt++) {
        left = judge(attempt(batch, left), attempt, results, errors);
        if (!left.isEmpty()) {
          TimeUnit.NANOSECONDS.sleep(pause.toNanos());
          pause = pause.multipliedBy(2);
        }
      }
    }
    for (String task : tasks) {
      String end = results.containsKey(task) ? results.get(task) : "" + errors.get(task);
      out.println(task + ": " + end + " (" + callsOf(task) + " calls)");
    }
    Expect.equal("steady", 1, callsOf("steady"));
    Expect.equal("shaky", 3, callsOf("shaky"));
    Expect.equal("slow once", 2, callsOf("slow once"));
    Expect.equal("dead", ATTEMPTS, callsOf("dead"));
    Expect.equal("mistaken", 1, callsOf("mistaken"));
    Throwable dead = Expect.present("cause", errors.get("dead"));
    Expect.equal("causes of the attempts before", ATTEMPTS - 1, dead.getSuppressed().length);
    Expect.equal("still running", 0, running.get());
    return "5 tasks: 3 succeeded after 1, 3 and 2 calls, 1 gave up after 4, 1 was not repeated";
  }

  /**
   * Each of them once. Only the call that hangs has a limit: any other one would be too late now
   * and then, on a machine that stands still for a moment.
   */
  private List<Outcome<String, String>> attempt(Batch batch, List<String> tasks)
      throws InterruptedException {
    List<String> hanging = tasks.stream().filter(this::hangs).toList();
    List<String> others = tasks.stream().filter(task -> !hangs(task)).toList();
    List<Outcome<String, String>> outcomes = new ArrayList<>();
    try (Outcomes<String, String> late =
        batch.callTimeout(CALL).asCompleted(hanging.iterator(), this::perform)) {
      outcomes.addAll(batch.collect(others, this::perform).outcomes());
      late.forEach(outcomes::add);
    }
    return outcomes;
  }

  private boolean hangs(String task) {
    return task.equals("slow once") && callsOf(task) == 0;
  }

  /** What is to be tried again. */
  private static List<String> judge(
      List<Outcome<String, String>> outcomes,
      int attempt,
      Map<String, String> results,
      Map<String, Throwable> errors) {
    List<String> again = new ArrayList<>();
    for (Outcome<String, String> outcome : outcomes) {
      if (outcome instanceof Outcome.Success<String, String> success) {
        results.put(success.input(), success.value());
        errors.remove(success.input());
      } else if (outcome instanceof Outcome.Failure<String, String> failure) {
        Throwable before = errors.put(failure.input(), failure.cause());
        if (before != null) {
          failure.cause().addSuppressed(before);
          for (Throwable earlier : before.getSuppressed()) {
            failure.cause().addSuppressed(earlier);
          }
        }
        if (attempt < ATTEMPTS && isTransient(failure.cause())) {
          again.add(failure.input());
        }
      }
    }
    return again;
  }

  private static boolean isTransient(Throwable cause) {
    return cause instanceof IOException || cause instanceof TimeoutException;
  }

  private String perform(String task) throws Exception {
    int call = calls.computeIfAbsent(task, t -> new AtomicInteger()).incrementAndGet();
    running.incrementAndGet();
    try {
      return switch (task) {
        case "shaky" -> afterFailures(call, 2);
        case "slow once" -> {
          if (call == 1) {
            never.await(); // until it is interrupted
          }
          yield "done";
        }
        case "dead" -> throw new IOException("refused, call " + call);
        case "mistaken" -> throw new IllegalArgumentException("no such host");
        default -> "done";
      };
    } finally {
      running.decrementAndGet();
    }
  }

  private static String afterFailures(int call, int failures) throws IOException {
    if (call <= failures) {
      throw new IOException("reset, call " + call);
    }
    return "done";
  }

  private int callsOf(String task) {
    AtomicInteger count = calls.get(task);
    return count == null ? 0 : count.get();
  }
}
