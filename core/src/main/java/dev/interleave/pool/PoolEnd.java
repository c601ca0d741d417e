// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How a pool ends: it takes nothing more in, throws away what waits, interrupts what runs, tells
 * idle workers to go, and is at its end when the last one has gone and all is freed.
 *
 * <p>Everybody looks at what another one does only after having said what concerns that: who stops
 * says so in {@link Admission}, and then looks for tasks; a submitter puts its task where it is
 * found, and then looks whether the pool is stopped, unless that is the slot of a {@link TaskRing},
 * which was claimed before and is waited for. Who stops says that all that runs is to be
 * interrupted, and then looks at what runs; a worker says what it runs, and then looks at that. Who
 * finds that all is done says that it is over, and then looks at who is idle; a worker says that it
 * is idle, and then looks whether it is over.
 *
 * <p>Thread-safe; it has no lock. Any number of threads may close a pool at the same time, and
 * whichever ends the last task or worker ends the pool, once.
 */
final class PoolEnd {
  /** How long tasks get to end after their interrupt. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Engine engine;
  private final Admission admission;
  private final TaskQueue queue;
  private final FullPool full;
  private final Reports reports;
  private final @Nullable StuckWatch stuckWatch;
  private final Resource resource;
  private final CountDownLatch terminated = new CountDownLatch(1);
  private final AtomicBoolean terminating = new AtomicBoolean();

  /** Whether idle workers may go, as there will never be anything to do again. */
  private volatile boolean over;

  /** Whether what runs is to be interrupted. */
  private volatile boolean stopping;

  /**
   * Of an engine that is being made.
   *
   * @param stuckWatch what is to be stopped at the end
   */
  PoolEnd(
      Engine engine,
      Admission admission,
      TaskQueue queue,
      FullPool full,
      Reports reports,
      @Nullable StuckWatch stuckWatch) {
    this.engine = engine;
    this.admission = admission;
    this.queue = queue;
    this.full = full;
    this.reports = reports;
    this.stuckWatch = stuckWatch;
    resource = PoolResource.end(engine);
  }

  /** Whether there will never be anything to do again. */
  boolean isOver() {
    return over;
  }

  boolean isStopping() {
    return stopping;
  }

  boolean isShutdown() {
    return admission.isShutdown();
  }

  boolean isTerminated() {
    return terminated.getCount() == 0;
  }

  /** Takes nothing more in. */
  void shutdown() {
    admission.advance(Admission.SHUTDOWN);
    full.wakeAll();
    finishIfDrained();
  }

  /** The same, throws away what waits, and interrupts what runs. */
  List<Runnable> shutdownNow() {
    admission.advance(Admission.STOP);
    full.wakeAll();
    List<Runnable> never = new ArrayList<>();
    for (Task task : throwAway()) {
      never.add(task.runnable());
    }
    interruptAll();
    finishIfDrained();
    return never;
  }

  /** Those in the queue that will not run now; counted. */
  List<Task> emptyQueue() {
    List<Task> tasks = new ArrayList<>();
    Task taken = Task.bare(null);
    for (Object i = queue.pollSurely(taken); i != null; i = queue.pollSurely(taken)) {
      Task task = Engine.asTask(i, taken);
      task.keepRunnable();
      if (engine.discard(task)) {
        tasks.add(task);
      }
    }
    return tasks;
  }

  /** The same, and those for which a thread is only just starting. */
  List<Task> throwOut() {
    List<Task> tasks = emptyQueue();
    for (Worker worker : engine.workers()) {
      Task task = worker.first();
      if (task != null && task.isWaiting()) {
        task.keepRunnable();
        if (engine.discard(task)) {
          tasks.add(task);
        }
      }
    }
    return tasks;
  }

  /** The same, and whoever waits for them is told. */
  private List<Task> throwAway() {
    List<Task> tasks = throwOut();
    for (Task task : tasks) {
      if (task.future != null) {
        task.future.discarded();
      }
    }
    return tasks;
  }

  private void interruptAll() {
    stopping = true;
    boolean unused = queue.hasTasks(); // reads the head, which is moved after it was said who runs
    for (Worker worker : engine.workers()) {
      worker.interruptForStop();
      worker.interruptInitializer();
    }
  }

  /** If this is shut down and all is done, lets the workers go. */
  void finishIfDrained() {
    if (admission.isShutdown() && admission.isDrained()) {
      over = true; // before the look at who is idle: who becomes so looks at this after that
      engine.pokeAll();
      if (admission.live() == 0 && terminating.compareAndSet(false, true)) {
        if (stuckWatch != null) {
          stuckWatch.stop();
        }
        clear();
        terminated.countDown();
      }
    }
  }

  /** Takes husks out of the queue. */
  private void clear() {
    Task taken = Task.bare(null);
    Object husk;
    do {
      husk = queue.pollSurely(taken);
    } while (husk != null);
  }

  /** Waits for the end; false if the time is up first. */
  boolean awaitEnd(long nanos) throws InterruptedException {
    long most = Math.min(nanos, Deadline.MAX_NANOS);
    if (terminated.getCount() == 0 || nanos <= 0) {
      return terminated.await(most, TimeUnit.NANOSECONDS);
    }
    Wait wait = Waits.enter(resource, "the end", Wait.Exit.TIMEOUT);
    try {
      return terminated.await(most, TimeUnit.NANOSECONDS);
    } finally {
      wait.leave();
    }
  }

  /** Waits for the end; an interrupt makes it come sooner, and is restored. */
  void awaitEndOrHurry() {
    if (terminated.getCount() == 0) {
      return;
    }
    boolean interrupted = false;
    Wait wait = Waits.enter(resource, "the end", Wait.Exit.NONE);
    try {
      while (true) {
        try {
          terminated.await();
          return;
        } catch (InterruptedException e) {
          if (!interrupted) {
            List<Runnable> unused = shutdownNow();
          }
          interrupted = true;
        }
      }
    } finally {
      wait.leave();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Drains, interrupts, abandons, and reports. */
  StopReport close(Duration drain) {
    long start = System.nanoTime();
    long before = reports.endedByThemselves();
    shutdown();
    boolean waiting = true;
    boolean over = false;
    try {
      over = awaitEnd(TimeUnit.NANOSECONDS.convert(drain));
    } catch (InterruptedException e) {
      waiting = false;
    }
    List<StopReport.Running> interrupted = List.of();
    List<StopReport.Running> abandoned = List.of();
    long tasksInterrupted = 0;
    int discarded = 0;
    if (!over) {
      admission.advance(Admission.STOP);
      discarded = throwAway().size();
      Map<Reports.Ran, StopReport.Running> seen = reports.running(engine.initializerName());
      interruptAll();
      try {
        over = awaitEnd(waiting ? GRACE.toNanos() : 0);
      } catch (InterruptedException e) {
        waiting = false;
      }
      Map<Reports.Ran, StopReport.Running> still =
          over ? Map.of() : reports.running(engine.initializerName());
      seen.keySet().removeAll(still.keySet());
      interrupted = List.copyOf(seen.values());
      tasksInterrupted = seen.keySet().stream().filter(Reports.Ran::isTask).count();
      abandoned = List.copyOf(still.values());
    }
    if (!waiting) {
      Thread.currentThread().interrupt();
    }
    long drained = Math.max(0, reports.endedByThemselves() - before - tasksInterrupted);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    return new StopReport(engine.name(), took, drained, interrupted, abandoned, discarded);
  }
}
