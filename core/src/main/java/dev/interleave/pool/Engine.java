// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.buffer.BoundedBuffer;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What makes a pool go: takes tasks in, hands them to workers, and ends.
 *
 * <p>{@link Admission} decides how many tasks and threads there are. A task that is admitted goes
 * to a thread that is started for it, or into the queue, which has room for all that may be
 * admitted at the same time and for some husks of tasks that were taken back.
 */
final class Engine {
  /** How long tasks get to end after their interrupt. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  /** Room for husks at least; if there are more, they are swept out. */
  private static final int LEAST_HUSKS = 64;

  private final String name;
  private final MonitoredPool.Builder config;
  private final Ledgers ledgers;
  private final Admission admission;
  private final BoundedBuffer<Task> queue;
  private final boolean ordered;
  private final Duration keepAlive;
  private final int timingMask;
  private final long taskTimeoutNanos;
  private final Map<Thread, Worker> roster = new ConcurrentHashMap<>();
  private final Incidents incidents;
  private final Starvation starvation;
  private final @Nullable RoomLine room;
  private final @Nullable StuckWatch stuckWatch;
  private final Resource end;
  private final CountDownLatch terminated = new CountDownLatch(1);
  private final AtomicBoolean terminating = new AtomicBoolean();
  private final AtomicInteger started = new AtomicInteger();
  private final AtomicInteger peak = new AtomicInteger();

  private final LongAdder aborted = new LongAdder();
  private final LongAdder callerRan = new LongAdder();
  private final LongAdder blocked = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder closed = new LongAdder();
  private final LongAdder noThread = new LongAdder();
  private final LongAdder stuck = new LongAdder();

  /** Whether what runs is to be interrupted. */
  private volatile boolean stopping;

  /** A hint that there may be more workers than there may be. */
  private volatile boolean surplus;

  /** What the initializer threw. */
  private volatile @Nullable Throwable broken;

  Engine(MonitoredPool.Builder config) {
    this.config = config;
    name = config.name();
    ledgers = new Ledgers(config.isVirtual() ? stripes() : 0);
    admission = new Admission(config.min(), config.max(), config.capacity(), ledgers);
    ordered = config.comparator() != null;
    queue = queue(config);
    keepAlive = config.idleTime();
    timingMask = config.timing() - 1;
    taskTimeoutNanos = config.timeoutNanos();
    incidents = new Incidents(name, config.observer());
    starvation = new Starvation(this, config.starvation());
    room = config.rejection() == Rejection.BLOCK ? new RoomLine(() -> !admission.isFull()) : null;
    end = PoolResource.end(this);
    long threshold = config.stuckNanos();
    stuckWatch = threshold == 0 ? null : new StuckWatch(this, threshold);
  }

  /** To be called once this is whole. */
  void open() {
    if (stuckWatch != null) {
      stuckWatch.start();
    }
  }

  /** As many shared ledgers as there are carriers, or a little more. */
  private static int stripes() {
    return Integer.highestOneBit(Math.max(1, Runtime.getRuntime().availableProcessors())) << 1;
  }

  private static BoundedBuffer<Task> queue(MonitoredPool.Builder config) {
    long extra =
        config.starvation() == MonitoredPool.OnStarvation.COMPENSATE ? Admission.MAX_EXTRA : 0;
    long most = config.max() + extra + config.capacity(); // see Admission: all that may be inside
    long physical = most + Math.max(LEAST_HUSKS, config.capacity() / 2);
    return BoundedBuffer.<Task>builder((int) Math.min(physical, Integer.MAX_VALUE))
        .name(config.name() + " queue")
        .order(order(config))
        .build();
  }

  private static BoundedBuffer.Order<? super Task> order(MonitoredPool.Builder config) {
    Comparator<Object> comparator = config.comparator();
    if (comparator != null) {
      return BoundedBuffer.Order.<Task>priority(
          (one, other) -> comparator.compare(one.body(), other.body()));
    }
    return config.isLifo() ? BoundedBuffer.Order.LIFO : BoundedBuffer.Order.FIFO;
  }

  String name() {
    return name;
  }

  Incidents incidents() {
    return incidents;
  }

  // ------------------------------------------------------------------ taking in

  /** When a task of this deadline has to have ended; null if there is no such time. */
  Task.@Nullable Limit limit(Deadline deadline) {
    long nanos = Math.min(deadline.remainingNanos(), taskTimeoutNanos);
    return nanos == Long.MAX_VALUE ? null : new Task.Limit(System.nanoTime() + nanos);
  }

  /**
   * Takes a task in, or rejects it.
   *
   * @param until how long to wait for a place at most, where the pool waits for one
   */
  void accept(Task task, Deadline until) {
    Deadline patience = null;
    while (true) {
      long ticket = admission.admit();
      if (ticket >= 0) {
        place(task, ticket);
        return;
      }
      if (ticket == Admission.CLOSED) {
        closed.increment();
        throw reject(task, closedBecause(), broken);
      }
      switch (config.rejection()) {
        case ABORT -> {
          aborted.increment();
          throw reject(task, full(), null);
        }
        case CALLER_RUNS -> {
          callerRan.increment();
          incidents.rejected(nameOf(task), full() + "; its submitter runs it");
          runHere(task);
          return;
        }
        case BLOCK -> {
          patience = patience == null ? Deadline.after(config.blockFor()).min(until) : patience;
          awaitPlace(task, patience);
        }
        case DROP_OLDEST -> dropOldest();
      }
    }
  }

  private void place(Task task, long ticket) {
    int number = Admission.number(ticket);
    if ((number & timingMask) == 0) {
      task.acceptedAt = System.nanoTime() | 1; // 0 means that it is not timed
    }
    task.admitted(number);
    arm(task);
    if (Admission.mustStart(ticket)) {
      start(task);
    } else {
      enqueue(task);
    }
  }

  private void arm(Task task) {
    Task.Limit limit = task.limit;
    if (limit != null) {
      long left = Math.max(0, limit.at - System.nanoTime());
      limit.timer = TimeoutWatch.in(left, () -> expire(task));
    }
  }

  private void enqueue(Task task) {
    try {
      while (!queue.offer(task)) {
        boolean unused = queue.removeIf(Task::isHusk); // there is room for all others
      }
    } catch (RuntimeException | Error e) { // a comparator's
      discard(task);
      throw e;
    }
    // Who stops says so before it empties the queue: one of the two finds the task, or it has
    // begun.
    if (admission.isStopped() && discard(task)) {
      closed.increment();
      throw reject(task, closedBecause(), broken);
    }
  }

  private boolean discard(Task task) {
    boolean ours = task.takeBack(Task.DISCARDED);
    if (ours) {
      endOutside(task, Ledger.DISCARDED);
    }
    return ours;
  }

  private RejectedExecutionException reject(Task task, String why, @Nullable Throwable cause) {
    task.forget();
    incidents.rejected(nameOf(task), why);
    return new RejectedExecutionException(why, cause);
  }

  private String nameOf(Task task) {
    return task.isNamed() ? task.name(name) : "a task of " + name;
  }

  private String full() {
    return "Pool "
        + name
        + " is full: "
        + admission.live()
        + " threads are busy, and "
        + config.capacity()
        + " tasks wait";
  }

  private String closedBecause() {
    return "Pool "
        + name
        + (broken != null
            ? " accepts nothing, as its initializer failed"
            : terminated.getCount() == 0 ? " is terminated" : " is shut down");
  }

  /** Waits for a place, if only for a while; the caller then tries again. */
  private void awaitPlace(Task task, Deadline patience) {
    RoomLine line = room;
    if (line == null) {
      return;
    }
    Wait wait = Waits.enter(PoolResource.place(name), "a place", Wait.Exit.TIMEOUT);
    try {
      if (line.await(patience.remainingNanos())) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      blocked.increment();
      throw reject(task, full() + "; interrupted while waiting for a place", e);
    } finally {
      wait.leave();
    }
    blocked.increment();
    throw reject(task, full() + "; there was no place in time", null);
  }

  /** Throws away the one that has waited longest; perhaps none, if they have just begun. */
  private void dropOldest() {
    Task oldest = null;
    if (ordered || config.isLifo()) {
      for (Task task : queue) {
        if (task.isWaiting() && (oldest == null || task.number - oldest.number < 0)) {
          oldest = task;
        }
      }
    } else {
      oldest = queue.poll();
    }
    if (oldest != null && discard(oldest)) {
      dropped.increment();
      String why =
          "Pool " + name + " is full, and dropped " + oldest.name(name) + " for a newer task";
      if (oldest.future != null) {
        oldest.future.discarded(new RejectedExecutionException(why));
      }
      incidents.rejected(oldest.name(name), why);
    }
  }

  /** Runs a task that was not admitted, on the thread of its submitter. */
  private void runHere(Task task) {
    task.admitted(0);
    boolean unused = task.begin(Thread.currentThread()); // nobody else knows it
    arm(task);
    Object value = null;
    Throwable thrown = null;
    try {
      value = task.call();
    } catch (Throwable e) { // whatever it is, it is the task's
      thrown = e;
    }
    int fate = task.end();
    if (task.wasInterrupted()) {
      boolean unusedStatus = Thread.interrupted(); // else it is the submitter's own
    }
    task.stopTimer();
    task.forget();
    if (task.future == null && fate == Task.ENDED && thrown instanceof Error error) {
      throw error;
    }
    if (task.future == null && fate == Task.ENDED && thrown instanceof RuntimeException e) {
      throw e;
    }
    deliver(task, fate, value, thrown);
  }

  // ------------------------------------------------------------------ ends of tasks

  void deliver(Task task, int fate, @Nullable Object value, @Nullable Throwable thrown) {
    PoolFuture<?> future = task.future;
    if (future != null) {
      future.deliver(fate, value, thrown);
    } else if (thrown != null && fate == Task.ENDED) {
      incidents.failed(task.name(name), thrown);
      Incidents.uncaught(thrown);
    }
  }

  /** A task has ended that never ran. */
  void endOutside(Task task, int outcome) {
    if (!ordered) { // else it may still be compared with others
      task.forget();
    }
    task.stopTimer();
    ledgers.outside.count(outcome);
    ledgers.outside.count(Ledger.FREED);
    placeIsFree();
    finishIfDrained();
  }

  /** Called after a task was counted as ended. */
  void placeIsFree() {
    RoomLine line = room;
    if (line != null) {
      VarHandle.fullFence(); // the count is visible before it looks whether somebody waits
      if (line.isWanted()) {
        line.signal();
      }
    }
  }

  /** The time of a task is up, if it has not ended. */
  void expire(Task task) {
    boolean waited = task.takeBack(Task.TIMED_OUT);
    if (waited) {
      endOutside(task, Ledger.TIMED_OUT);
    }
    if (waited || task.interrupt(Task.TIMED_OUT)) {
      TimeoutWatch.tell(() -> {
        if (task.future != null) {
          task.future.timedOut(!waited);
        }
        incidents.timedOut(task.name(name), !waited);
      });
    }
  }

  void stuck(Worker worker, Task task, long nanos) {
    InFlight seen = inFlight(worker, task, nanos, true);
    if (seen != null) {
      stuck.increment();
      incidents.stuck(seen);
    }
  }

  // ------------------------------------------------------------------ threads

  Thread newThread(String threadName, Runnable body) {
    Thread.Builder builder =
        config.isVirtual() ? Thread.ofVirtual() : Thread.ofPlatform().daemon(config.isDaemon());
    return builder.name(threadName).inheritInheritableThreadLocals(false).unstarted(body);
  }

  /**
   * Starts a worker that is on the books already.
   *
   * @param first what it begins with; null for something out of the queue
   * @throws RejectedExecutionException if there can be no thread; the task is thrown away
   */
  void start(@Nullable Task first) {
    int number = started.incrementAndGet();
    Ledger ledger = ledgers.take(number);
    Worker worker = new Worker(this, ledger, name + '-' + number, first);
    roster.put(worker.thread(), worker);
    peak.accumulateAndGet(admission.live(), Math::max);
    try {
      worker.thread().start();
    } catch (Throwable e) { // no memory for a thread
      roster.remove(worker.thread());
      ledgers.giveBack(ledger);
      throw notStarted(first, e);
    }
  }

  private RejectedExecutionException notStarted(@Nullable Task first, Throwable cause) {
    noThread.increment();
    String why = "Pool " + name + " could not start a thread";
    RejectedExecutionException rejection = new RejectedExecutionException(why, cause);
    if (first != null) {
      discard(first);
      incidents.rejected(first.name(name), why);
    }
    admission.leave();
    if (admission.live() == 0) {
      for (Task task : emptyQueue()) { // nobody is left to run them
        fail(task, rejection);
      }
    }
    finishIfDrained();
    return rejection;
  }

  /** Runs the initializer on a new worker; false if it failed, and with it the pool. */
  boolean initialize(@Nullable Task first) {
    Runnable initializer = config.initializing();
    if (initializer == null) {
      return true;
    }
    try {
      initializer.run();
      boolean unused = Thread.interrupted();
      return true;
    } catch (Throwable e) { // it is told to all whom it concerns
      fail(e, first);
      return false;
    }
  }

  private void fail(Throwable cause, @Nullable Task first) {
    broken = cause;
    admission.advance(Admission.STOP);
    RejectedExecutionException why = new RejectedExecutionException(closedBecause(), cause);
    List<Task> tasks = emptyQueue();
    if (first != null && discard(first)) {
      tasks.add(first);
    }
    tasks.forEach(task -> fail(task, why));
    incidents.broken(cause);
    wakeBlocked();
  }

  private void fail(Task task, RejectedExecutionException why) {
    if (task.future != null) {
      task.future.discarded(why);
    }
    incidents.rejected(task.name(name), String.valueOf(why.getMessage()));
  }

  /** A worker is about to end. */
  void left(Worker worker, boolean retired) {
    roster.remove(worker.thread());
    ledgers.giveBack(worker.ledger());
    if (!retired) {
      admission.leave();
    }
    finishIfDrained();
    if (!retired && broken == null && admission.replace()) { // it died
      start(null);
    }
  }

  boolean mayRetire() {
    return admission.mayRetire();
  }

  boolean retire() {
    return admission.retire();
  }

  boolean hasSurplus() {
    return surplus;
  }

  /** Takes the calling worker off if there are more than there may be, and it can be missed. */
  boolean retireSurplus(Worker worker) {
    if (starvation.retireSurplus(worker)) {
      return true;
    }
    if (!admission.hasSurplus()) {
      surplus = false;
      surplus = admission.hasSurplus(); // it may have arisen in between
    }
    return false;
  }

  /** The same, with the lock of {@link Starvation} held: nobody counts on it any more then. */
  boolean takeOffSurplus(Worker worker) {
    return admission.retireSurplus() && roster.remove(worker.thread(), worker);
  }

  boolean compensate() {
    return admission.compensate();
  }

  void endCompensation() {
    admission.endCompensation();
  }

  /** Lets those go that are too many: whoever ends a task looks, and one that is idle, now. */
  void dismissSurplus() {
    if (admission.hasSurplus()) {
      surplus = true; // before the look at who is idle: who becomes so looks at this after that
      for (Worker worker : roster.values()) {
        if (worker.poke()) {
          return;
        }
      }
    }
  }

  boolean canGrow() {
    return admission.canGrow();
  }

  int live() {
    return admission.live();
  }

  Collection<Worker> workers() {
    return roster.values();
  }

  @Nullable Worker worker(Thread thread) {
    return roster.get(thread);
  }

  BoundedBuffer<Task> queue() {
    return queue;
  }

  Duration keepAlive() {
    return keepAlive;
  }

  boolean isStopping() {
    return stopping;
  }

  // ------------------------------------------------------------------ waiting

  /**
   * The calling thread is about to wait for one of these tasks.
   *
   * @throws PoolStarvationException if it is a worker of this pool and would wait for ever
   */
  PoolWait beginToWait(List<Task> tasks, Wait.Exit exit) {
    Worker worker = exit == Wait.Exit.TIMEOUT ? null : roster.get(Thread.currentThread());
    boolean compensated = worker != null && starvation.begin(worker, tasks);
    try {
      Wait wait = Waits.enter(PoolResource.task(this, tasks), "the result", exit);
      return new PoolWait(wait, worker == null ? null : starvation, worker, compensated);
    } catch (RuntimeException e) { // refused by a detector
      if (worker != null) {
        starvation.end(worker, compensated);
      }
      throw e;
    }
  }

  boolean isWorker(Thread thread) {
    return roster.containsKey(thread);
  }

  // ------------------------------------------------------------------ the end

  boolean isShutdown() {
    return admission.isShutdown();
  }

  boolean isTerminated() {
    return terminated.getCount() == 0;
  }

  /** Takes nothing more in. */
  void shutdown() {
    admission.advance(Admission.SHUTDOWN);
    wakeBlocked();
    finishIfDrained();
  }

  /** The same, throws away what waits, and interrupts what runs. */
  List<Runnable> shutdownNow() {
    admission.advance(Admission.STOP);
    wakeBlocked();
    List<Runnable> never = new ArrayList<>();
    for (Task task : throwAway()) {
      never.add(task.runnable());
    }
    interruptAll();
    finishIfDrained();
    return never;
  }

  private void wakeBlocked() {
    if (room != null) {
      room.signalAll();
    }
  }

  /** Those in the queue that will not run now; counted. */
  private List<Task> emptyQueue() {
    List<Task> tasks = new ArrayList<>();
    for (Task task = queue.poll(); task != null; task = queue.poll()) {
      task.keepRunnable();
      if (discard(task)) {
        tasks.add(task);
      }
    }
    return tasks;
  }

  /** The same, and whoever waits for them is told. */
  private List<Task> throwAway() {
    List<Task> tasks = emptyQueue();
    for (Task task : tasks) {
      if (task.future != null) {
        task.future.discarded();
      }
    }
    return tasks;
  }

  private void interruptAll() {
    stopping = true;
    for (Worker worker : roster.values()) {
      Task task = worker.current();
      if (task != null) {
        boolean unused = task.interrupt(Task.RUNNING);
      }
    }
  }

  /** If this is shut down and all is done, lets the workers go. */
  void finishIfDrained() {
    if (admission.isShutdown() && admission.isDrained()) {
      queue.close();
      if (admission.live() == 0 && terminating.compareAndSet(false, true)) {
        if (stuckWatch != null) {
          stuckWatch.stop();
        }
        queue.clear(); // husks
        terminated.countDown();
      }
    }
  }

  /** Waits for the end; false if the time is up first. */
  boolean awaitEnd(long nanos) throws InterruptedException {
    if (terminated.getCount() == 0 || nanos <= 0) {
      return terminated.await(nanos, TimeUnit.NANOSECONDS);
    }
    Wait wait = Waits.enter(end, "the end", Wait.Exit.TIMEOUT);
    try {
      return terminated.await(nanos, TimeUnit.NANOSECONDS);
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
    Wait wait = Waits.enter(end, "the end", Wait.Exit.NONE);
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
    long before = endedByThemselves();
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
    int discarded = 0;
    if (!over) {
      admission.advance(Admission.STOP);
      discarded = throwAway().size();
      IdentityHashMap<Task, StopReport.Running> seen = running();
      interruptAll();
      try {
        over = awaitEnd(waiting ? GRACE.toNanos() : 0);
      } catch (InterruptedException e) {
        waiting = false;
      }
      IdentityHashMap<Task, StopReport.Running> still = over ? new IdentityHashMap<>() : running();
      interrupted =
          seen.entrySet().stream()
              .filter(entry -> !still.containsKey(entry.getKey()))
              .map(Map.Entry::getValue)
              .toList();
      abandoned = List.copyOf(still.values());
    }
    if (!waiting) {
      Thread.currentThread().interrupt();
    }
    long drained = Math.max(0, endedByThemselves() - before - interrupted.size());
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    return new StopReport(name, took, drained, interrupted, abandoned, discarded);
  }

  private long endedByThemselves() {
    return ledgers.ended() - ledgers.sum(Ledger.DISCARDED);
  }

  private IdentityHashMap<Task, StopReport.Running> running() {
    IdentityHashMap<Task, StopReport.Running> running = new IdentityHashMap<>();
    long now = System.nanoTime();
    for (Worker worker : roster.values()) {
      Task task = worker.current();
      InFlight seen = task == null ? null : inFlight(worker, task, age(task, now), true);
      if (task != null && seen != null) {
        running.put(
            task, new StopReport.Running(seen.task(), seen.thread(), seen.age(), seen.stack()));
      }
    }
    return running;
  }

  // ------------------------------------------------------------------ figures

  List<InFlight> inFlight(boolean stacks) {
    List<InFlight> all = new ArrayList<>();
    long now =
        System.nanoTime(); // one for all, or a stack taken in between would tell in the order
    for (Worker worker : roster.values()) {
      Task task = worker.current();
      InFlight seen = task == null ? null : inFlight(worker, task, age(task, now), stacks);
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
   * @param nanos how long it has been running
   */
  @SuppressWarnings("ReferenceEquality") // tasks have no equals
  private @Nullable InFlight inFlight(Worker worker, Task task, long nanos, boolean stack) {
    Thread thread = worker.thread();
    if (!task.hasBegun()) {
      return null;
    }
    List<StackTraceElement> frames = stack ? List.of(thread.getStackTrace()) : List.of();
    return worker.current() == task
        ? new InFlight(task.name(name), thread.getName(), Duration.ofNanos(nanos), frames)
        : null;
  }

  PoolStats stats() {
    long[] outcomes = new long[Ledger.OUTCOMES];
    List<LogHistogram> waits = new ArrayList<>();
    List<LogHistogram> runs = new ArrayList<>();
    long ended = 0;
    for (Ledger ledger : ledgers.all()) {
      for (int i = 0; i < outcomes.length; i++) {
        long count = ledger.get(i);
        outcomes[i] += count;
        ended += count;
      }
      waits.add(ledger.waits);
      runs.add(ledger.runs);
    }
    long submitted = admission.submitted(ended);
    long active = roster.values().stream().filter(Worker::isActive).count();
    active = Math.min(active, submitted - ended);
    return new PoolStats(
        name,
        config.min(),
        config.max(),
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
        new PoolStats.Rejected(
            aborted.sum(),
            callerRan.sum(),
            blocked.sum(),
            dropped.sum(),
            closed.sum(),
            noThread.sum()),
        starvation.found(),
        stuck.sum(),
        admission.isShutdown(),
        LogHistogram.sum(waits),
        LogHistogram.sum(runs));
  }

  @Override
  public String toString() {
    PoolStats now = stats();
    return "MonitoredPool["
        + name
        + ", "
        + now.active()
        + " of "
        + now.live()
        + " threads busy, "
        + now.queued()
        + " waiting"
        + (isTerminated() ? ", terminated]" : now.shutdown() ? ", shut down]" : "]");
  }
}
