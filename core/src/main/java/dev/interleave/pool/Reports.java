// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.StopReport;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a pool does and has done, read from its workers and their ledgers without a lock: nothing
 * waits for who asks, and nothing is changed.
 */
final class Reports {
  private final String name;
  private final Ledgers ledgers;
  private final Admission admission;
  private final Collection<Worker> workers;
  private final int timing;

  /**
   * Reads these from now on.
   *
   * @param workers those there are at each moment
   * @param timing one in so many tasks is timed
   */
  Reports(
      String name, Ledgers ledgers, Admission admission, Collection<Worker> workers, int timing) {
    this.name = name;
    this.ledgers = ledgers;
    this.admission = admission;
    this.workers = workers;
    this.timing = timing;
  }

  // ------------------------------------------------------------------ what runs

  List<InFlight> inFlight(boolean stacks) {
    List<InFlight> all = new ArrayList<>();
    // One for all, or a stack taken in between would tell in the order.
    long now = System.nanoTime();
    for (Worker worker : workers) {
      Task task = worker.current();
      InFlight seen =
          task == null ? null : inFlight(worker, task, task.number, age(task, now), stacks);
      if (seen != null) {
        all.add(seen);
      }
    }
    all.sort(Comparator.comparing(InFlight::age).reversed());
    return all;
  }

  private static long age(Task task, long now) {
    long began = task.startedAt;
    return began == 0 ? 0 : Math.max(0, now - began);
  }

  /**
   * What a worker runs, if it runs that from before the look to after it.
   *
   * @param number of the task, read before {@code nanos}
   * @param nanos how long it has been running
   */
  @SuppressWarnings("ReferenceEquality") // tasks have no equals
  @Nullable InFlight inFlight(Worker worker, Task task, int number, long nanos, boolean stack) {
    Thread thread = worker.thread();
    if (!task.hasBegun()) {
      return null;
    }
    List<StackTraceElement> frames = stack ? List.of(thread.getStackTrace()) : List.of();
    VarHandle.acquireFence(); // what is known of it was read before the number is read again
    return worker.current() == task && task.number == number
        ? new InFlight(task.name(name), thread.getName(), Duration.ofNanos(nanos), frames)
        : null;
  }

  /**
   * What runs: neither tasks nor workers have an {@code equals}, so each is itself.
   *
   * @param what the task, or the worker if that runs the initializer
   * @param number that of the task, as one stands for all that have no future
   */
  record Ran(Object what, int number) {
    boolean isTask() {
      return what instanceof Task;
    }
  }

  /** All that runs, an initializer included. */
  Map<Ran, StopReport.Running> running(String initializer) {
    Map<Ran, StopReport.Running> running = new HashMap<>();
    long now = System.nanoTime();
    for (Worker worker : workers) {
      Task task = worker.current();
      int number = task == null ? 0 : task.number;
      InFlight seen = task == null ? null : inFlight(worker, task, number, age(task, now), true);
      if (task != null && seen != null) {
        running.put(
            new Ran(task, number),
            new StopReport.Running(seen.task(), seen.thread(), seen.age(), seen.stack()));
      }
      long since = worker.initializingSince();
      if (since != 0) {
        Duration ran = Duration.ofNanos(Math.max(0, now - since));
        running.put(new Ran(worker, 0), StopReport.Running.of(initializer, worker.thread(), ran));
      }
    }
    return running;
  }

  // ------------------------------------------------------------------ figures

  /**
   * Everything. What the engine counts itself is read last, after what its workers count.
   *
   * @param peak the most threads there have been at once
   * @param stuck how many tasks were reported for that
   */
  PoolStats stats(
      AtomicInteger peak, Rejections rejections, Starvation starvation, LongAdder stuck) {
    long[] outcomes = new long[Ledger.OUTCOMES];
    long ended = 0;
    for (Ledger ledger : ledgers.all()) {
      for (int i = 0; i < outcomes.length; i++) {
        long count = ledger.get(i);
        outcomes[i] += count;
        ended += count;
      }
    }
    long submitted = admission.submitted(ended);
    long sizes = admission.sizes();
    long active = workers.stream().filter(Worker::isActive).count();
    active = Math.min(active, submitted - ended);
    return new PoolStats(
        name,
        Admission.min(sizes),
        Admission.max(sizes),
        admission.live(),
        peak.get(),
        admission.extra(),
        (int) active,
        submitted - ended - active,
        submitted,
        outcomes[Ledger.COMPLETED],
        outcomes[Ledger.FAILED],
        outcomes[Ledger.CANCELLED],
        outcomes[Ledger.TIMED_OUT],
        outcomes[Ledger.DISCARDED],
        rejections.counts(),
        starvation.found(),
        stuck.sum(),
        admission.isShutdown(),
        LogHistogram.sum(histograms(Ledger::waits)),
        LogHistogram.sum(histograms(Ledger::runs)));
  }

  /** How many tasks have ended, and were not thrown away. */
  long endedByThemselves() {
    return ledgers.ended() - ledgers.sum(Ledger.DISCARDED);
  }

  /** How long all tasks have been running, together; what runs now included. It may overflow. */
  long busyNanos() {
    long busy = LogHistogram.wrappedTotal(histograms(Ledger::runs));
    long now = System.nanoTime();
    for (Worker worker : workers) {
      Task task = worker.current();
      busy += task == null || !task.hasBegun() ? 0 : age(task, now);
    }
    return projected(busy);
  }

  /** How long all tasks that have run had waited for a thread, together. It may overflow. */
  long waitedNanos() {
    return projected(LogHistogram.wrappedTotal(histograms(Ledger::waits)));
  }

  /** Those that are not timed take as long as those that are. */
  private long projected(long nanos) {
    return timing * nanos;
  }

  /** One of each ledger's: of the waits, or of the runs. */
  List<LogHistogram> histograms(Function<Ledger, LogHistogram> which) {
    return ledgers.all().stream().map(which).toList();
  }
}
