// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.Deadline;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Measures how much work gets done with one thread, with two, and so on, and recommends the fewest
 * that do about as much as the best. It runs the real task, on this machine, as often as it is
 * told.
 *
 * <pre>{@code
 * SizingReport report =
 *     SizingProbe.builder(() -> client.fetch(nextId()))
 *         .sizes(1, 2, 4, 8, 16, 32)
 *         .tasks(200)
 *         .build()
 *         .run(Deadline.after(Duration.ofMinutes(2)));
 * System.out.println(report); // the whole table, and why
 * }</pre>
 *
 * <p><b>How it measures.</b> In a run, so many threads take one task after the other until all are
 * done; there is no queue and nobody else who would limit them. First each size runs for warm-up,
 * uncounted. Then come the rounds, and in each every size runs once, one after the other, so that
 * whatever changes meanwhile (the clock of the processor, somebody else's load, the compiler) comes
 * to all of them. What is reported is the mean of the rounds with its confidence interval. Latency
 * and processor time are taken inside the run.
 *
 * <p><b>Failures.</b> A task that throws an {@link Exception} counts as failed and not as done: a
 * size that fails more is not taken for fast. An {@link Error} ends the probe, interrupts the tasks
 * that run, and is thrown by {@link #run} when they have ended.
 *
 * <p>Immutable; may be run from any thread and more than once, but whoever runs two at a time
 * measures both at once. {@code null} is refused with a {@link NullPointerException}.
 *
 * <p>This class may be lifted out; {@code docs/lift-out.md} lists the files that must come along.
 */
public final class SizingProbe {
  private final ProbeRun.Plan plan;
  private final List<Integer> sizes;
  private final int warmUps;
  private final int rounds;
  private final long p99AtMost;

  private SizingProbe(Builder builder) {
    plan = new ProbeRun.Plan(builder.task, builder.tasks, builder.threads);
    sizes = builder.sizes();
    warmUps = builder.warmUps;
    rounds = builder.rounds;
    p99AtMost = TimeUnit.NANOSECONDS.convert(builder.p99AtMost);
  }

  /**
   * Begins to describe a probe.
   *
   * @param task what is to be run, from several threads at once
   */
  public static Builder builder(Callable<?> task) {
    return new Builder(Objects.requireNonNull(task, "task"));
  }

  /** What to measure; not thread-safe. All arguments are checked by {@link #build()}. */
  public static final class Builder {
    private static final int MOST_TASKS = 1_000_000;
    private static final int MOST_ROUNDS = 1000;

    private final Callable<?> task;
    private @Nullable List<Integer> sizes;
    private int tasks = 100;
    private int warmUps = 1;
    private int rounds = 5;
    private Duration p99AtMost = ChronoUnit.FOREVER.getDuration();
    private ThreadFactory threads = Thread.ofPlatform().daemon().name("sizing-probe-", 0).factory();

    private Builder(Callable<?> task) {
      this.task = task;
    }

    private List<Integer> sizes() {
      if (sizes != null) {
        return sizes;
      }
      int most = Math.min(4 * Runtime.getRuntime().availableProcessors(), tasks);
      List<Integer> doubling = new ArrayList<>();
      for (int size = 1; size <= most; size *= 2) {
        doubling.add(size);
      }
      return List.copyOf(doubling);
    }

    /**
     * The numbers of threads to be tried, ascending; by default 1, 2, 4 and so on to four times the
     * processors, or the number of tasks if that is less. None may be larger than {@link #tasks}:
     * some of its threads would have nothing to do.
     */
    public Builder sizes(int... sizes) {
      this.sizes = Arrays.stream(Objects.requireNonNull(sizes, "sizes")).boxed().toList();
      return this;
    }

    /** How many tasks make a run; by default 100, from 1 to 1,000,000. */
    public Builder tasks(int tasks) {
      this.tasks = tasks;
      return this;
    }

    /** How often each size runs before it counts; by default once, from 0. */
    public Builder warmUps(int warmUps) {
      this.warmUps = warmUps;
      return this;
    }

    /**
     * How often each size is measured; by default 5, from 2 to 1,000: once says nothing about the
     * error.
     */
    public Builder rounds(int rounds) {
      this.rounds = rounds;
      return this;
    }

    /**
     * Leaves sizes out at which more than one task in a hundred takes longer than this; by default
     * none. More threads often do more and take longer. More than nothing.
     */
    public Builder p99AtMost(Duration latency) {
      p99AtMost = Objects.requireNonNull(latency, "latency");
      return this;
    }

    /**
     * Who makes the threads; by default platform threads, daemons. Each run makes its own. Of
     * virtual threads the processor time is not known.
     */
    public Builder threads(ThreadFactory threads) {
      this.threads = Objects.requireNonNull(threads, "threads");
      return this;
    }

    /**
     * Checks everything.
     *
     * @throws IllegalArgumentException with all that is wrong
     */
    public SizingProbe build() {
      List<String> wrong = new ArrayList<>();
      checkSizes(wrong);
      if (warmUps < 0) {
        wrong.add("warmUps is negative: " + warmUps);
      }
      if (rounds < 2) {
        wrong.add("rounds is less than 2: " + rounds);
      }
      if (rounds > MOST_ROUNDS) {
        wrong.add("rounds is more than " + MOST_ROUNDS + ": " + rounds);
      }
      if (p99AtMost.isNegative() || p99AtMost.isZero()) {
        wrong.add("p99AtMost is not positive: " + p99AtMost);
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      return new SizingProbe(this);
    }

    private void checkSizes(List<String> wrong) {
      if (tasks < 1 || tasks > MOST_TASKS) {
        wrong.add("tasks is not within [1, " + MOST_TASKS + "]: " + tasks);
      }
      List<Integer> sizes = this.sizes;
      if (sizes == null) {
        return; // they fit
      }
      if (sizes.isEmpty()) {
        wrong.add("sizes is empty");
      } else if (sizes.getFirst() < 1) {
        wrong.add("sizes has one less than 1: " + sizes);
      } else if (sizes.getLast() > tasks) {
        wrong.add("sizes has one greater than tasks, which are " + tasks + ": " + sizes);
      }
      for (int i = 1; i < sizes.size(); i++) {
        if (sizes.get(i - 1) >= sizes.get(i)) {
          wrong.add("sizes are not ascending: " + sizes);
          break;
        }
      }
    }
  }

  /**
   * Measures. When the time is up, the run under way is given up, its threads are interrupted, and
   * the report is about the rounds that were complete; it says how many.
   *
   * <p>A task that does not heed the interrupt goes on until it ends; its thread then ends, too.
   *
   * @throws InterruptedException if the caller is interrupted; the run under way is given up
   */
  public SizingReport run(Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    List<Map<Integer, ProbeRun.Result>> complete = new ArrayList<>();
    for (int round = -warmUps; round < rounds; round++) {
      Map<Integer, ProbeRun.Result> once = once(deadline);
      if (once == null) {
        break;
      }
      if (round >= 0) {
        complete.add(once);
      }
    }
    List<SizingReport.Level> levels = new ArrayList<>();
    if (!complete.isEmpty()) {
      for (int size : sizes) {
        levels.add(
            ProbeRun.level(
                size,
                complete.stream().map(once -> Objects.requireNonNull(once.get(size))).toList()));
      }
    }
    return SizingReport.of(levels, complete.size(), rounds, p99AtMost);
  }

  /** Each size once; null if the time was up before. */
  private @Nullable Map<Integer, ProbeRun.Result> once(Deadline deadline)
      throws InterruptedException {
    Map<Integer, ProbeRun.Result> once = new LinkedHashMap<>();
    for (int size : sizes) {
      ProbeRun.Result result = new ProbeRun(plan, size).run(deadline);
      if (result == null) {
        return null;
      }
      once.put(size, result);
    }
    return once;
  }
}
