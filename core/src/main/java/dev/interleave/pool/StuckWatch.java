// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.lang.ref.WeakReference;
import java.util.IdentityHashMap;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Looks from time to time for tasks that run for too long, and tells of each once. It neither keeps
 * a forgotten pool alive nor runs anything that could hold up the clock.
 *
 * <p>Run by the clock, so by one thread at a time.
 */
final class StuckWatch implements Runnable {
  private static final long SHORTEST_NANOS = 1_000_000;

  private final WeakReference<Engine> pool;
  private final long threshold;
  private volatile @Nullable Future<?> timer;
  private IdentityHashMap<Worker, Seen> seen = new IdentityHashMap<>();

  /** A task that runs. */
  private static final class Seen {
    final Task task;

    /** Of the task, as one stands for all that have no future. */
    final int number;

    final long since;
    boolean told;

    Seen(Task task, int number, long since) {
      this.task = task;
      this.number = number;
      this.since = since;
    }
  }

  StuckWatch(Engine engine, long threshold) {
    pool = new WeakReference<>(engine);
    this.threshold = threshold;
  }

  void start() {
    timer = TimeoutWatch.every(Math.max(SHORTEST_NANOS, threshold / 4), this);
  }

  void stop() {
    Future<?> started = timer;
    if (started != null) {
      started.cancel(false);
    }
  }

  @Override
  public void run() {
    Engine engine = pool.get();
    if (engine == null) {
      stop();
      return;
    }
    IdentityHashMap<Worker, Seen> now = new IdentityHashMap<>();
    for (Worker worker : engine.workers()) {
      Task task = worker.current();
      if (task != null) {
        now.put(worker, look(engine, worker, task));
      }
    }
    seen = now;
  }

  private Seen look(Engine engine, Worker worker, Task task) {
    long time = System.nanoTime();
    Seen before = seen.get(worker);
    int number = task.number;
    Seen here =
        before != null && isSame(before, task, number) ? before : new Seen(task, number, time);
    // If it was not timed, then at least since it was seen first.
    long began = task.startedAt;
    long since = began == 0 ? here.since : began;
    if (!here.told && time - since >= threshold) {
      TimeoutWatch.tell(() -> engine.stuck(worker, task, number, System.nanoTime() - since));
      here.told = true;
    }
    return here;
  }

  @SuppressWarnings("ReferenceEquality") // tasks have no equals
  private static boolean isSame(Seen seen, Task task, int number) {
    return seen.task == task && seen.number == number;
  }
}
