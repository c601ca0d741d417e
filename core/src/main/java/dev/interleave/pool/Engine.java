// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What makes a pool go: takes tasks in, hands them to workers, and starts these.
 *
 * <p>{@link Admission} decides how many tasks and threads there are. A task that is admitted goes
 * to a thread that is started for it, or into the queue, which has room for all that may be
 * admitted at the same time and for some husks of tasks that were taken back. What has neither a
 * future nor a limit is queued as it was handed over: see {@link TaskRing} and {@link Worker}. What
 * is not admitted for want of a place is a matter for {@link FullPool}; how a pool ends, for {@link
 * PoolEnd}.
 */
final class Engine {
  /** Room for husks at least; if there are more, they are swept out. */
  private static final int LEAST_HUSKS = 64;

  private final String name;
  private final MonitoredPool.Builder config;
  private final Ledgers ledgers;
  private final Admission admission;
  private final TaskQueue queue;
  private final @Nullable TaskRing ring;
  private final @Nullable TaskBuffer buffer;
  private final Lounge lounge;
  private final boolean ordered;
  private final long keepAliveNanos;
  private final int timingMask;
  private final long taskTimeoutNanos;
  private final Map<Thread, Worker> roster = new ConcurrentHashMap<>();
  private final Incidents incidents;
  private final Starvation starvation;
  private final FullPool full;
  private final @Nullable StuckWatch stuckWatch;
  private final PoolEnd end;
  private final AtomicInteger started = new AtomicInteger();
  private final AtomicInteger peak = new AtomicInteger();
  private final ReentrantLock resizing = new ReentrantLock();

  private final Reports reports;
  private final Rejections rejections = new Rejections();
  private final LongAdder stuck = new LongAdder();

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
    int slots = slots(config);
    if (ordered || config.isLifo() || slots > TaskRing.MAX_SLOTS) {
      ring = null;
      buffer = new TaskBuffer(config, slots);
      queue = buffer;
    } else {
      ring = new TaskRing(slots, admission::accepted);
      buffer = null;
      queue = ring;
    }
    lounge = new Lounge(queue);
    keepAliveNanos = Math.min(TimeUnit.NANOSECONDS.convert(config.idleTime()), Deadline.MAX_NANOS);
    timingMask = config.timing() - 1;
    taskTimeoutNanos = config.timeoutNanos();
    reports = new Reports(name, ledgers, admission, roster.values(), config.timing());
    incidents = new Incidents(name, config.observer());
    starvation = new Starvation(this, config.starvation());
    full = new FullPool(this, config, admission, rejections, queue);
    long threshold = config.stuckNanos();
    stuckWatch = threshold == 0 ? null : new StuckWatch(this, threshold);
    end = new PoolEnd(this, admission, queue, full, reports, stuckWatch);
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

  /** For all that may be inside by the sizes it is built with, and some husks. */
  private static int slots(MonitoredPool.Builder config) {
    long extra =
        config.starvation() == MonitoredPool.OnStarvation.COMPENSATE ? Admission.MAX_EXTRA : 0;
    long most = config.max() + extra + config.capacity(); // see Admission: all that may be inside
    long physical = most + Math.max(LEAST_HUSKS, config.capacity() / 2);
    return (int) Math.min(physical, Integer.MAX_VALUE);
  }

  String name() {
    return name;
  }

  Incidents incidents() {
    return incidents;
  }

  /** What becomes of tasks that find the pool full, and who waits for a place. */
  FullPool full() {
    return full;
  }

  /** How it ends. */
  PoolEnd end() {
    return end;
  }

  // ------------------------------------------------------------------ taking in

  /** How long a task of this deadline may take, and run; null for as long as it likes. */
  Task.@Nullable Limit limit(Deadline deadline) {
    return Task.Limit.of(deadline, taskTimeoutNanos);
  }

  /** Takes in what was handed over without a future. */
  void execute(Runnable body) {
    TaskRing to = ring;
    if (to == null || taskTimeoutNanos != Long.MAX_VALUE) {
      accept(Task.of(body, null, limit(Deadline.none())), Deadline.none());
      return;
    }
    int sizes = admission.resizes();
    long ticket = admission.admit(to);
    if (ticket < 0 || Admission.mustStart(ticket)) {
      accept(body, Deadline.none(), sizes, ticket);
      return;
    }
    // It becomes a task when it begins.
    int number = Admission.number(ticket);
    to.publish(number, body, (number & timingMask) == 0 ? System.nanoTime() : 0);
    if (lounge.isIdle()) {
      lounge.call();
    }
    if (sizes != admission.resizes()) {
      staffAsWell();
    }
  }

  /**
   * Takes a task in, or rejects it.
   *
   * @param until how long to wait for a place at most, where the pool waits for one
   */
  void accept(Task task, Deadline until) {
    int sizes = admission.resizes();
    accept(task, until, sizes, admission.admit(ring));
  }

  /**
   * The same.
   *
   * @param item a {@link Task}, or a {@code Runnable} that is to become one
   * @param until how long to wait for a place at most, where the pool waits for one
   * @param sizesSeen how often the sizes had changed before the first attempt
   * @param first what came of that
   */
  private void accept(Object item, Deadline until, int sizesSeen, long first) {
    Deadline patience = null;
    int pauses = 0;
    int sizes = sizesSeen;
    for (long ticket = first; ; sizes = admission.resizes(), ticket = admission.admit(ring)) {
      if (ticket >= 0) {
        place(item, ticket);
        if (sizes != admission.resizes()) {
          staffAsWell();
        }
        return;
      }
      if (ticket == Admission.NO_SLOT && ring != null) {
        pauses = ring.makeRoom(pauses);
        continue;
      }
      Task task = asTask(item);
      if (ticket == Admission.CLOSED) {
        rejections.closed.increment();
        throw reject(task, closedBecause(), broken);
      }
      switch (config.rejection()) {
        case ABORT -> {
          rejections.aborted.increment();
          throw reject(task, full.why(), null);
        }
        case CALLER_RUNS -> {
          rejections.callerRan.increment();
          incidents.rejected(nameOf(task), full.why() + "; its submitter runs it");
          full.runHere(task);
          return;
        }
        case BLOCK -> {
          patience = patience == null ? Deadline.after(config.blockFor()).min(until) : patience;
          full.awaitPlace(task, patience);
        }
        case DROP_OLDEST -> full.dropOldest();
      }
    }
  }

  private static Task asTask(Object item) {
    return item instanceof Task task ? task : Task.of((Runnable) item, null, null);
  }

  /** What was taken out of the queue and not begun. */
  static Task asTask(Object item, Task taken) {
    if (item instanceof Task task) {
      return task;
    }
    Task task = Task.of((Runnable) item, null, null);
    task.acceptedAt = taken.acceptedAt;
    task.admitted(taken.number);
    return task;
  }

  private void place(Object item, long ticket) {
    int number = Admission.number(ticket);
    if (ring != null && item instanceof Runnable && !Admission.mustStart(ticket)) {
      ring.publish(number, item, (number & timingMask) == 0 ? System.nanoTime() : 0);
      callForIt();
    } else {
      place(admittedTask(item, ticket), number, Admission.mustStart(ticket));
    }
  }

  /** The task of what has been admitted; if there is no memory for it, it is not admitted again. */
  private Task admittedTask(Object item, long ticket) {
    try {
      return asTask(item);
    } catch (OutOfMemoryError e) {
      leaveSlot(Admission.number(ticket));
      ledgers.outside.count(Ledger.DISCARDED);
      ledgers.outside.count(Ledger.FREED);
      if (Admission.mustStart(ticket)) {
        admission.leave();
      }
      full.placeIsFree();
      end.finishIfDrained();
      throw e;
    }
  }

  private void callForIt() {
    if (lounge.isIdle()) {
      lounge.call();
    }
  }

  private void place(Task task, int number, boolean start) {
    if ((number & timingMask) == 0) {
      task.acceptedAt = System.nanoTime() | 1; // 0 means that it is not timed
    }
    task.admitted(number);
    try {
      arm(task);
    } catch (RuntimeException | Error e) { // no memory for a timer
      admittedInVain(task, number, start);
      throw e;
    }
    if (start) {
      leaveSlot(number);
      start(task);
    } else if (ring != null) {
      ring.publish(number, task, 0);
      callForIt();
    } else {
      enqueue(task);
    }
  }

  /** Of a task that is not queued. */
  private void leaveSlot(int number) {
    if (ring != null) {
      ring.publish(number, TaskRing.NOTHING, 0);
    }
  }

  /** Starts threads for what waits, if there may be more now. */
  private void staff() {
    while (broken == null && admission.replace()) {
      start(null);
    }
  }

  /**
   * The same for a submitter that was admitted while the sizes changed. Its task is in, so it must
   * not learn of threads that could not be started as if it had been rejected.
   */
  private void staffAsWell() {
    try {
      staff();
    } catch (RejectedExecutionException e) {
      Incidents.uncaught(e);
    }
  }

  /**
   * Changes the sizes. In this order: they are visible; whoever waits for a place may have one;
   * what waits gets threads; those that are too many leave.
   */
  void resize(int min, int max) {
    resizing.lock();
    try {
      admission.resize(min, max);
    } finally {
      resizing.unlock();
    }
    full.wakeAll();
    try {
      staff();
    } finally {
      surplus = admission.hasSurplus();
      pokeAll(); // they may wait for no longer than they are needed now
    }
  }

  private void admittedInVain(Task task, int number, boolean withThread) {
    leaveSlot(number);
    boolean unused = discard(task);
    if (withThread) {
      admission.leave();
      end.finishIfDrained();
    }
  }

  void arm(Task task) {
    Task.Limit limit = task.limit;
    if (limit != null) {
      limit.arm(() -> expire(task));
    }
  }

  /** The same for its runner, once it has begun. */
  void armRun(Task task) {
    Task.Limit limit = task.limit;
    if (limit != null) {
      limit.armRun(() -> expire(task));
    }
  }

  private void enqueue(Task task) {
    if (buffer == null) {
      return;
    }
    try {
      int pauses = 0;
      // There is room for all that may be inside by the sizes that the pool was built with. If it
      // has grown since, there is a thread on its way to the queue: see Admission.
      while (!buffer.offer(task)) {
        pauses = Pause.after(pauses);
      }
    } catch (RuntimeException | Error e) { // a comparator's
      discard(task);
      throw e;
    }
    callForIt();
    // Who stops says so before it empties the queue: one of the two finds the task, or it has
    // begun.
    if (admission.isStopped() && discard(task)) {
      rejections.closed.increment();
      throw reject(task, closedBecause(), broken);
    }
  }

  /** Throws a task away that has not begun; false if it has, or has ended. */
  boolean discard(Task task) {
    boolean ours = task.takeBack(Task.DISCARDED);
    if (ours) {
      endOutside(task, Ledger.DISCARDED);
    }
    return ours;
  }

  /** What its submitter gets: it has been told to others then. */
  RejectedExecutionException reject(Task task, String why, @Nullable Throwable cause) {
    task.forget();
    incidents.rejected(nameOf(task), why);
    return new RejectedExecutionException(why, cause);
  }

  private String nameOf(Task task) {
    return task.isNamed() ? task.name(name) : "a task of " + name;
  }

  private String closedBecause() {
    return "Pool "
        + name
        + (broken != null
            ? " accepts nothing, as its initializer failed"
            : end.isTerminated() ? " is terminated" : " is shut down");
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
    full.placeIsFree();
    end.finishIfDrained();
  }

  /** The time of a task is up, if it has not ended. */
  void expire(Task task) {
    boolean waited = task.takeBack(Task.TIMED_OUT);
    if (waited) {
      endOutside(task, Ledger.TIMED_OUT);
    }
    if (waited || task.interrupt(Task.TIMED_OUT)) {
      Runnable news =
          () -> {
            if (task.future != null) {
              task.future.timedOut(!waited);
            }
            incidents.timedOut(task.name(name), !waited, task.lateness(!waited));
          };
      try {
        TimeoutWatch.tell(news);
      } catch (RuntimeException | Error e) { // no thread is left: whoever waits must hear of it
        news.run();
        throw e;
      }
    }
  }

  void stuck(Worker worker, Task task, int number, long nanos) {
    InFlight seen = reports.inFlight(worker, task, number, nanos, true);
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
    Ledger ledger = null;
    Worker worker = null;
    try {
      int number = started.incrementAndGet();
      ledger = ledgers.take(number);
      worker = new Worker(this, ledger, name + '-' + number, first);
      roster.put(worker.thread(), worker);
      // Who stops says so before it looks at the roster: one of the two finds the task.
      if (first != null && admission.isStopped() && discard(first)) {
        takeOff(worker, ledger);
        admission.leave();
        end.finishIfDrained();
        rejections.closed.increment();
        throw reject(first, closedBecause(), broken);
      }
      peak.accumulateAndGet(admission.live(), Math::max);
      worker.thread().start();
    } catch (OutOfMemoryError e) { // for a thread, or what belongs to it
      takeOff(worker, ledger);
      throw notStarted(first, e);
    }
    if (admission.hasSurplus()) {
      dismissSurplus(); // there may be fewer threads since this one was decided on
    }
  }

  private void takeOff(@Nullable Worker worker, @Nullable Ledger ledger) {
    if (worker != null) {
      roster.remove(worker.thread());
    }
    if (ledger != null) {
      ledgers.giveBack(ledger);
    }
  }

  private RejectedExecutionException notStarted(@Nullable Task first, Throwable cause) {
    String why = "Pool " + name + " could not start a thread";
    RejectedExecutionException rejection = new RejectedExecutionException(why, cause);
    if (first != null) {
      rejections.noThread.increment();
      discard(first);
      incidents.rejected(first.name(name), why);
    }
    admission.leave();
    if (admission.live() == 0) {
      for (Task task : end.emptyQueue()) { // nobody is left to run them
        fail(task, rejection);
      }
    }
    end.finishIfDrained();
    return rejection;
  }

  boolean hasInitializer() {
    return config.initializing() != null;
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
      if (end.isStopping()) { // as it was interrupted, or else it is too late to matter
        incidents.failed(initializerName(), e);
      } else {
        fail(e, first);
      }
      return false;
    }
  }

  String initializerName() {
    return "the initializer of " + name;
  }

  private void fail(Throwable cause, @Nullable Task first) {
    broken = cause;
    admission.advance(Admission.STOP);
    RejectedExecutionException why = new RejectedExecutionException(closedBecause(), cause);
    List<Task> tasks = end.throwOut();
    if (first != null && discard(first)) {
      tasks.add(first);
    }
    tasks.forEach(task -> fail(task, why));
    incidents.broken(cause);
    full.wakeAll();
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
    end.finishIfDrained();
    staff(); // it died, or decided by sizes that have changed since
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

  /** Has all idle workers look whether they are needed. */
  void pokeAll() {
    for (Worker worker : roster.values()) {
      boolean unused = worker.poke();
    }
  }

  boolean isVirtual() {
    return config.isVirtual();
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

  TaskQueue queue() {
    return queue;
  }

  Lounge lounge() {
    return lounge;
  }

  long keepAliveNanos() {
    return keepAliveNanos;
  }

  // ------------------------------------------------------------------ waiting

  /**
   * The calling thread is about to wait for one of these tasks.
   *
   * @throws PoolStarvationException if it is a worker of this pool and would wait for ever
   */
  PoolWait beginToWait(List<Task> tasks, Wait.Exit exit) {
    Resource resource = PoolResource.task(this, tasks);
    PoolWaitEvent event = PoolWaitEvent.begin(name, resource.name());
    Worker worker = exit == Wait.Exit.TIMEOUT ? null : roster.get(Thread.currentThread());
    boolean compensated = false;
    boolean begun = false;
    try {
      compensated = worker != null && starvation.begin(worker, tasks);
      begun = worker != null;
      Wait wait = Waits.enter(resource, "the result", exit);
      return new PoolWait(wait, event, worker == null ? null : starvation, worker, compensated);
    } catch (RuntimeException | Error e) { // refused, by this pool or by a detector
      if (begun && worker != null) {
        starvation.end(worker, compensated);
      }
      PoolWaitEvent.end(event, "refused");
      throw e;
    }
  }

  boolean isWorker(Thread thread) {
    return roster.containsKey(thread);
  }

  // ------------------------------------------------------------------ figures

  Reports reports() {
    return reports;
  }

  PoolStats stats() {
    return reports.stats(peak, rejections, starvation, stuck);
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
        + (end.isTerminated() ? ", terminated]" : now.shutdown() ? ", shut down]" : "]");
  }
}
