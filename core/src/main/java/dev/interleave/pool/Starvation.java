// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.pool.MonitoredPool.OnStarvation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Workers that wait for tasks of their own pool, and whether these can ever run.
 *
 * <p>A worker is live if it does not wait here, or if one of the tasks it waits for has ended, is
 * run by a live worker or a thread of somebody else's, or is in the queue while any worker at all
 * is live, or another one can be started. Those that are not live when no more become so (the least
 * fixpoint) never will be. A wait for a limited time, for a task that has a deadline, or for
 * anything but a task of this pool, counts as live: it ends otherwise, or is a matter for a {@code
 * DeadlockDetector}, which sees the same edges.
 *
 * <p>Where a thread may stand in, deadlines are left out of account in a second look: a thread too
 * many does no harm, and a task that only its deadline will end could have run.
 *
 * <p>The look happens with the lock held under which all of these waits begin and end. Of workers
 * that starve each other one begins to wait last; it sees the others. Nothing but the beginning of
 * such a wait can make a live worker one that is not, so nobody else need look. What a worker that
 * is not live waits for cannot change under the look, as it takes a live one to begin or end a
 * task; unless a task is cancelled, or its future completed from outside, of which that wait's end
 * will tell.
 */
final class Starvation {
  /** What the waiter is to do. */
  private enum Finding {
    LIVE,
    /** It waits for a deadline to pass: another thread would help. */
    DELAYED,
    /** It waits for ever: another thread would help. */
    STARVED,
    /** It waits for ever, for tasks that run. */
    CYCLE
  }

  private final Engine engine;
  private final OnStarvation policy;
  private final ReentrantLock lock = new ReentrantLock();
  private final IdentityHashMap<Worker, List<Task>> waiting = new IdentityHashMap<>();
  private final LongAdder found = new LongAdder();

  Starvation(Engine engine, OnStarvation policy) {
    this.engine = engine;
    this.policy = policy;
  }

  /**
   * A worker is about to wait, not for a limited time, until one of some tasks ends.
   *
   * @return whether a thread was started that stands in for it
   * @throws PoolStarvationException if it must not wait
   */
  boolean begin(Worker worker, List<Task> tasks) {
    Finding finding;
    String report = "";
    boolean compensated = false;
    lock.lock();
    try {
      waiting.put(worker, tasks);
      finding = look(worker);
      if (finding == Finding.LIVE) {
        return false;
      }
      found.increment();
      report = report(worker, finding);
      compensated =
          policy == OnStarvation.COMPENSATE && finding != Finding.CYCLE && standIn(worker);
      if (!compensated && finding != Finding.DELAYED && policy != OnStarvation.REPORT) {
        waiting.remove(worker);
      }
    } finally {
      lock.unlock();
    }
    Task own = worker.current();
    String task = own == null ? "" : own.name(engine.name());
    if (compensated) {
      engine.incidents().starved(task, report + ": another thread stands in for it");
    } else if (policy == OnStarvation.REPORT || finding == Finding.DELAYED) {
      engine.incidents().starved(task, report);
    } else {
      engine.incidents().starved(task, report + ": the wait was refused");
      throw new PoolStarvationException(report);
    }
    return compensated;
  }

  /** Starts a thread beyond the limit; false if there are too many of that kind. */
  private boolean standIn(Worker worker) {
    if (!engine.compensate()) {
      return false;
    }
    try {
      engine.start(null);
      return true;
    } catch (RuntimeException | Error e) {
      engine.endCompensation();
      waiting.remove(worker);
      throw e;
    }
  }

  /** The wait is over. */
  void end(Worker worker, boolean compensated) {
    lock.lock();
    try {
      waiting.remove(worker);
    } finally {
      lock.unlock();
    }
    if (compensated) {
      engine.endCompensation();
    }
    engine.dismissSurplus();
  }

  /**
   * Takes a worker off that is one too many; unless all others wait, and so count on it. It asks
   * again after its next task, and is poked when one of them goes on.
   */
  boolean retireSurplus(Worker worker) {
    lock.lock();
    try {
      for (Worker other : engine.workers()) {
        if (!other.equals(worker) && !waiting.containsKey(other)) {
          return engine.takeOffSurplus(worker);
        }
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  long found() {
    return found.sum();
  }

  private Finding look(Worker worker) {
    Collection<Worker> all = engine.workers();
    if (engine.canGrow() || all.size() < engine.live()) {
      return Finding.LIVE; // there is a thread to come
    }
    if (!live(all, true).contains(worker)) {
      return reachesQueue(worker, new HashSet<>()) ? Finding.STARVED : Finding.CYCLE;
    }
    boolean helps =
        policy == OnStarvation.COMPENSATE
            && !live(all, false).contains(worker)
            && reachesQueue(worker, new HashSet<>());
    return helps ? Finding.DELAYED : Finding.LIVE;
  }

  /**
   * The workers that go on.
   *
   * @param inTime whether those count that only a deadline lets go on
   */
  private Set<Worker> live(Collection<Worker> all, boolean inTime) {
    Set<Worker> live = new HashSet<>(); // by identity: workers have no equals
    for (Worker other : all) {
      if (!waiting.containsKey(other)) {
        live.add(other);
      }
    }
    boolean more = true;
    while (more) {
      more = false;
      for (Map.Entry<Worker, List<Task>> entry : waiting.entrySet()) {
        if (!live.contains(entry.getKey())
            && entry.getValue().stream().anyMatch(task -> isLive(task, live, inTime))) {
          more = live.add(entry.getKey());
        }
      }
    }
    return live;
  }

  private boolean isLive(Task task, Set<Worker> live, boolean inTime) {
    if (task.isOver() || (inTime && task.endsInTime())) {
      return true;
    }
    if (task.isWaiting()) {
      return !live.isEmpty();
    }
    Worker runner = runner(task);
    return runner == null || live.contains(runner);
  }

  /** The worker that runs the task; null if it is not run by one. */
  private @Nullable Worker runner(Task task) {
    Thread thread = task.isRunning() ? task.runner() : null;
    return thread == null ? null : engine.worker(thread);
  }

  /**
   * Whether one of those it waits for, directly or not, is in the queue: a thread more would help.
   */
  private boolean reachesQueue(Worker worker, Set<Worker> seen) {
    if (!seen.add(worker)) {
      return false;
    }
    for (Task task : waiting.getOrDefault(worker, List.of())) {
      if (task.isWaiting()) {
        return true;
      }
      Worker runner = runner(task);
      if (runner != null && reachesQueue(runner, seen)) {
        return true;
      }
    }
    return false;
  }

  private String report(Worker worker, Finding finding) {
    StringBuilder out = new StringBuilder();
    out.append("A task of pool ").append(engine.name()).append(" would wait ");
    out.append(finding == Finding.DELAYED ? "for a deadline to pass: " : "for ever: ");
    describe(worker, out);
    out.append(
        finding == Finding.CYCLE
            ? "; these wait for each other:"
            : "; no thread is free for what waits, as of " + engine.live() + ':');
    List<Worker> others = new ArrayList<>(waiting.keySet());
    others.sort((one, other) -> Long.compare(one.thread().threadId(), other.thread().threadId()));
    String separator = " ";
    for (Worker other : others) {
      out.append(separator);
      describe(other, out);
      separator = ", ";
    }
    return out.toString();
  }

  private void describe(Worker worker, StringBuilder out) {
    Task own = worker.current();
    out.append(own == null ? "an action after a task" : own.name(engine.name()));
    out.append(" (on ").append(worker.thread().getName()).append(") for ");
    String separator = "";
    for (Task task : waiting.getOrDefault(worker, List.of())) {
      out.append(separator).append(task.name(engine.name()));
      out.append(
          task.isWaiting() ? " (queued)" : " (on " + PoolResource.describe(task.runner()) + ')');
      separator = " or ";
    }
  }
}
