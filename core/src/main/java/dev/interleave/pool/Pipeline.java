// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.buffer.BoundedBuffer;
import dev.interleave.buffer.BufferClosedException;
import dev.interleave.buffer.Lease;
import dev.interleave.lifecycle.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stages with threads of their own, one behind the other, with bounded buffers between them: each
 * item goes through all of them, while others are before and behind it.
 *
 * <pre>{@code
 * Pipeline<String, Receipt> orders =
 *     Pipeline.<String>named("orders")
 *         .stage("parse", 2, Order::parse)
 *         .ordered()
 *         .stage("bill", 8, this::bill)
 *         .capacity(100)
 *         .open();
 *
 * // whoever has items                  // whoever wants results
 * orders.put(line);                     Outcome<String, Receipt> outcome;
 * …                                     while ((outcome = orders.takeOrNull()) != null) {
 * orders.close();                         …
 *                                       }
 * }</pre>
 *
 * <h2>Items</h2>
 *
 * <p>Every item that {@link #put} has accepted comes out, once, as an {@link Outcome}: a success
 * with what the last stage returned, or a failure. <b>An item that fails goes on to the end</b>,
 * past the stages behind, in its place; no other is held up by it, and its {@link StageException}
 * says where it failed. With {@link Builder#failFast} the first failure stops the pipeline instead.
 *
 * <p><b>Order.</b> The threads of a stage overtake each other, unless the stage is {@linkplain
 * Builder#ordered ordered}: then items leave it in the order in which they came to it, and if each
 * stage with more than one thread is ordered, they come out in the order in which they were put in.
 * (Of two calls of {@code put} of different threads at the same time, either may be the first.) One
 * that is slow holds up those behind it, but only as many as the stage may hold.
 *
 * <p><b>Bounds.</b> Before a stage wait at most {@link Builder#capacity} items, in it are at most
 * as many as it has threads; in an ordered one both together are the bound, whatever waits for its
 * turn included. When there is no room, those before wait: in the end, {@code put} does.
 *
 * <h2>The end</h2>
 *
 * <ul>
 *   <li>{@link #close()} is the end of the input: what is inside comes out, and then {@link
 *       #takeOrNull} returns null. It never waits.
 *   <li>{@link #cancel} stops at once, from whichever side: what is inside is thrown away, {@code
 *       put} and {@code takeOrNull} throw, with the reason as the cause, threads are interrupted.
 *       It never waits.
 *   <li>{@link #close(Duration)} is the end of the input, then a time in which what is inside may
 *       come out, if somebody takes it; then it stops what is left, and reports.
 * </ul>
 *
 * <p>A pipeline whose outcomes nobody takes comes to a standstill when it is full, and keeps its
 * threads: who leaves early has to cancel it. That is why this is no {@link AutoCloseable}, whose
 * {@code close} would have to know whether that was an accident: use {@code try} with {@code
 * finally} and {@code close(Duration)}.
 *
 * <h2>The rest of the contract</h2>
 *
 * <p><b>Threads</b> are the pipeline's own, from its factory, by default virtual, and named after
 * it and the stage: {@code orders/bill-3}. (On a pool that is too small for all of them, some
 * stages would never begin, and the others wait for them.) All waits, for items, for room, and for
 * those before, are seen by {@link dev.interleave.diagnose.Diagnosis}.
 *
 * <p><b>Memory effects</b>: what a thread does before it puts an item in happens before the work of
 * the first stage on it, that before the work of the next, and that before its outcome is taken.
 *
 * <p>Thread-safe: any number of threads may put, take and stop. No argument, item or result may be
 * {@code null}; work that returns {@code null} has failed. An item's input is kept until its
 * outcome is taken.
 *
 * @param <I> what goes in
 * @param <O> what comes out
 */
public final class Pipeline<I, O> {
  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final int DEFAULT_CAPACITY = 64;

  private final String name;
  private final boolean failFast;
  private final boolean hasSink;
  private final List<PipelineStage<I>> stages = new ArrayList<>();
  private final BoundedBuffer<PipelineItem<I>> output;
  private final AtomicLong next = new AtomicLong();
  private final LongAdder accepted = new LongAdder();
  private final LongAdder delivered = new LongAdder();
  private final AtomicReference<@Nullable Throwable> stopped = new AtomicReference<>();
  private final List<Thread> threads = new ArrayList<>();
  private final PipelineGate end;

  /** What a stage is to be. */
  record StagePlan(
      String name, int parallelism, Work<Object, Object> work, int capacity, boolean ordered) {
    StagePlan withCapacity(int items) {
      return new StagePlan(name, parallelism, work, items, ordered);
    }

    StagePlan inOrder() {
      return new StagePlan(name, parallelism, work, capacity, true);
    }
  }

  /** What is behind a stage. */
  interface Next<I> {
    void accept(PipelineItem<I> item) throws InterruptedException;

    void close();
  }

  /** Makes threads that are the pipeline's. */
  interface ThreadMaker {
    Thread make(String name, Runnable body);
  }

  private Pipeline(Builder<I, O> plan, @Nullable Consumer<? super Outcome<I, O>> sink) {
    name = plan.name;
    failFast = plan.failFast;
    hasSink = sink != null;
    output =
        BoundedBuffer.<PipelineItem<I>>builder(plan.outputCapacity).name(name + "/output").build();
    Next<I> behind =
        new Next<>() {
          @Override
          public void accept(PipelineItem<I> item) throws InterruptedException {
            output.put(item);
          }

          @Override
          public void close() {
            output.close();
          }
        };
    for (int i = plan.stages.size() - 1; i >= 0; i--) {
      PipelineStage<I> stage = new PipelineStage<>(this, plan.stages.get(i), name, behind);
      stages.add(0, stage);
      behind = before(stage);
    }
    int count = stages.stream().mapToInt(PipelineStage::threads).sum() + (hasSink ? 1 : 0);
    end = new PipelineGate(name, count, this::alive);
    makeThreads(plan.factory(), sink);
  }

  private Next<I> before(PipelineStage<I> stage) {
    return new Next<>() {
      @Override
      public void accept(PipelineItem<I> item) throws InterruptedException {
        boolean unused = stage.accept(item, Deadline.none());
      }

      @Override
      public void close() {
        stage.close();
      }
    };
  }

  private void makeThreads(ThreadFactory factory, @Nullable Consumer<? super Outcome<I, O>> sink) {
    ThreadMaker maker =
        (named, body) -> {
          Thread thread = factory.newThread(() -> run(body));
          thread.setName(named);
          threads.add(thread);
          return thread;
        };
    if (sink != null) {
      Thread unused = maker.make(name + "/sink", () -> feed(sink));
    }
    for (int i = stages.size() - 1; i >= 0; i--) {
      stages.get(i).makeThreads(maker);
    }
  }

  private void start() {
    int begun = 0;
    try {
      for (Thread thread : threads) {
        thread.start();
        begun++;
      }
    } catch (Throwable e) { // no memory for one more thread, say
      stop(e);
      for (int i = begun; i < threads.size(); i++) {
        end.part();
      }
      throw e;
    }
  }

  private void run(Runnable body) {
    try {
      body.run();
    } catch (Throwable e) { // the sink's, or not to be expected; the thread's handler hears of it
      stop(e);
      throw e;
    } finally {
      end.part();
    }
  }

  /**
   * Begins the description of a pipeline, to which stages are added in their order.
   *
   * @param name stands in the names of threads and buffers, and in errors and reports; not blank
   * @param <I> what goes in
   */
  public static <I> Builder<I, I> named(String name) {
    return new Builder<>(name);
  }

  /**
   * Describes a pipeline; not thread-safe, and of use until a further stage is added. Every method
   * but {@code open} checks nothing: that is done at once, by {@code open}.
   *
   * @param <I> what goes in
   * @param <O> what comes out of the last stage
   */
  public static final class Builder<I, O> {
    private final String name;
    private final List<StagePlan> stages;
    private final List<String> wrong;
    private boolean failFast;
    private int outputCapacity = DEFAULT_CAPACITY;
    private @Nullable ThreadFactory threads;
    private boolean threadsGiven;

    private Builder(String name) {
      this.name = name;
      stages = new ArrayList<>();
      wrong = new ArrayList<>();
    }

    private Builder(Builder<I, ?> before) {
      name = before.name;
      stages = new ArrayList<>(before.stages);
      wrong = new ArrayList<>(before.wrong);
      failFast = before.failFast;
      outputCapacity = before.outputCapacity;
      threads = before.threads;
      threadsGiven = before.threadsGiven;
    }

    /**
     * Adds a stage behind the others.
     *
     * @param stage its name; neither blank nor that of another stage
     * @param parallelism how many threads it has, at least 1
     * @param work called by these threads, for each item that has not failed before. An interrupt
     *     means that the pipeline was stopped; one that comes from elsewhere is cleared after the
     *     item. Not null.
     * @param <P> what it returns
     */
    public <P> Builder<I, P> stage(
        String stage, int parallelism, Work<? super O, ? extends P> work) {
      Builder<I, P> next = new Builder<>(this);
      if (work == null) {
        next.wrong.add("work of stage " + stage + " is null");
      }
      @SuppressWarnings("unchecked") // it is given what the stage before returns
      Work<Object, Object> plain = (Work<Object, Object>) (Work<?, ?>) work;
      next.stages.add(new StagePlan(stage, parallelism, plain, DEFAULT_CAPACITY, false));
      return next;
    }

    /** Has items leave the last stage in the order in which they came to it; by default not. */
    public Builder<I, O> ordered() {
      if (stages.isEmpty()) {
        wrong.add("ordered() comes before the first stage");
      } else {
        stages.set(stages.size() - 1, stages.get(stages.size() - 1).inOrder());
      }
      return this;
    }

    /** How many items may wait before the last stage, at least 1; by default 64. */
    public Builder<I, O> capacity(int items) {
      if (stages.isEmpty()) {
        wrong.add("capacity() comes before the first stage: " + items);
      } else {
        stages.set(stages.size() - 1, stages.get(stages.size() - 1).withCapacity(items));
      }
      return this;
    }

    /** How many outcomes may wait to be taken, at least 1; by default 64. */
    public Builder<I, O> outputCapacity(int outcomes) {
      outputCapacity = outcomes;
      return this;
    }

    /** Has the first item that fails stop the pipeline, with its exception as the reason. */
    public Builder<I, O> failFast() {
      failFast = true;
      return this;
    }

    /**
     * Where threads come from, which get the names of their stages; by default virtual ones. Not
     * null.
     */
    public Builder<I, O> threads(ThreadFactory factory) {
      threads = factory;
      threadsGiven = true;
      return this;
    }

    private ThreadFactory factory() {
      return threads != null ? threads : Threads.virtual(name + "-{n}").build();
    }

    /**
     * A pipeline whose outcomes are to be taken. A builder may open several.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     */
    public Pipeline<I, O> open() {
      return opened(null);
    }

    /**
     * A pipeline that gives its outcomes to a sink.
     *
     * @param sink called for one outcome after the other, by a thread of the pipeline's; what it
     *     throws stops the pipeline, and goes to the thread's handler of uncaught exceptions
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     */
    public Pipeline<I, O> open(Consumer<? super Outcome<I, O>> sink) {
      return opened(Objects.requireNonNull(sink, "sink"));
    }

    private Pipeline<I, O> opened(@Nullable Consumer<? super Outcome<I, O>> sink) {
      List<String> all = new ArrayList<>(wrong);
      if (name == null || name.isBlank()) {
        all.add(name == null ? "name is null" : "name is blank: \"" + name + '"');
      }
      if (stages.isEmpty()) {
        all.add("there are no stages");
      }
      Set<String> names = new HashSet<>();
      stages.forEach(stage -> check(stage, names, all));
      if (outputCapacity < 1) {
        all.add("outputCapacity is less than 1: " + outputCapacity);
      }
      if (threadsGiven && threads == null) {
        all.add("threads is null");
      }
      if (!all.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", all));
      }
      Pipeline<I, O> pipeline = new Pipeline<>(this, sink);
      pipeline.start();
      return pipeline;
    }

    private static void check(StagePlan stage, Set<String> names, List<String> wrong) {
      if (stage.name == null || stage.name.isBlank()) {
        wrong.add("the name of a stage is " + (stage.name == null ? "null" : "blank"));
      } else if (!names.add(stage.name)) {
        wrong.add("two stages have the name " + stage.name);
      }
      if (stage.parallelism < 1) {
        wrong.add("parallelism of stage " + stage.name + " is less than 1: " + stage.parallelism);
      }
      if (stage.capacity < 1) {
        wrong.add("capacity of stage " + stage.name + " is less than 1: " + stage.capacity);
      }
    }
  }

  /** The name given to the builder. */
  public String name() {
    return name;
  }

  // ------------------------------------------------------------------ putting in

  /**
   * Puts an item in, and waits for room.
   *
   * @throws BufferClosedException if the pipeline is closed, or was stopped, before or during the
   *     wait; the cause is the reason then. The item is not inside, and never was.
   * @throws InterruptedException if the thread is interrupted, before or during the wait; the item
   *     is not inside
   */
  public void put(I item) throws InterruptedException {
    boolean unused = offer(item, Deadline.none());
  }

  /**
   * Puts an item in, and waits for room until the deadline.
   *
   * @return false if there was none until then; then the item is not inside
   * @throws BufferClosedException as {@link #put}
   * @throws InterruptedException as {@link #put}
   */
  public boolean offer(I item, Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(item, "item");
    Objects.requireNonNull(deadline, "deadline");
    PipelineItem<I> entering = new PipelineItem<>(next.getAndIncrement(), item);
    boolean in = stages.get(0).accept(entering, deadline);
    if (in) {
      accepted.increment();
    }
    return in;
  }

  // ------------------------------------------------------------------ taking out

  /**
   * The next outcome: waits for it.
   *
   * @return null if there are no more, as the pipeline is closed and all that was put in has come
   *     out
   * @throws CancellationException if the pipeline was stopped, with the reason as its cause
   * @throws IllegalStateException if the outcomes go to a sink
   */
  public @Nullable Outcome<I, O> takeOrNull() throws InterruptedException {
    requireNoSink();
    return delivered(output.leaseOrNull());
  }

  /**
   * The next outcome, if it comes until the deadline.
   *
   * @return null if there was none until then; ask {@link #hasEnded()} whether there will be
   * @throws CancellationException as {@link #takeOrNull}
   * @throws IllegalStateException as {@link #takeOrNull}
   */
  public @Nullable Outcome<I, O> poll(Deadline deadline) throws InterruptedException {
    requireNoSink();
    Objects.requireNonNull(deadline, "deadline");
    Lease<PipelineItem<I>> lease;
    try {
      lease = output.lease(deadline);
    } catch (BufferClosedException e) { // and drained
      lease = null;
    }
    return delivered(lease);
  }

  /**
   * Takes all there will ever be.
   *
   * @param sink called in this thread; what it throws is thrown, and the pipeline goes on
   * @throws CancellationException as {@link #takeOrNull}
   * @throws IllegalStateException as {@link #takeOrNull}
   */
  public void takeAll(Consumer<? super Outcome<I, O>> sink) throws InterruptedException {
    Objects.requireNonNull(sink, "sink");
    for (Outcome<I, O> o = takeOrNull(); o != null; o = takeOrNull()) {
      sink.accept(o);
    }
  }

  private void requireNoSink() {
    if (hasSink) {
      throw new IllegalStateException("the outcomes of " + name + " go to its sink");
    }
  }

  /** Ends the lease when it is counted: who waits for the output to be idle then finds it so. */
  private @Nullable Outcome<I, O> delivered(@Nullable Lease<PipelineItem<I>> lease) {
    if (lease == null) {
      Throwable why = stopped.get();
      if (why != null) {
        CancellationException e = new CancellationException(name + " was stopped: " + why);
        e.initCause(why);
        throw e;
      }
      return null;
    }
    delivered.increment();
    lease.close();
    return lease.item().outcome();
  }

  private void feed(Consumer<? super Outcome<I, O>> sink) {
    PipelineItem<I> item = take(output);
    while (item != null) {
      delivered.increment();
      sink.accept(item.outcome());
      clearInterrupt();
      item = take(output);
    }
  }

  // ------------------------------------------------------------------ the end

  /** Lets nothing in any more; what is inside comes out. Never waits. Idempotent. */
  public void close() {
    stages.get(0).close();
  }

  /**
   * Stops at once, and throws away what is inside. Never waits: threads that do not heed the
   * interrupt run on until their work returns. Later ones do nothing, and neither does one that
   * comes when all has come out.
   *
   * @param why becomes the cause of the exceptions of those who put and take
   */
  public void cancel(Throwable why) {
    stop(Objects.requireNonNull(why, "why"));
  }

  private void stop(Throwable why) {
    if ((end.isOpen() && output.isEmpty()) || !stopped.compareAndSet(null, why)) {
      return;
    }
    for (PipelineStage<I> stage : stages) {
      stage.stop(why);
    }
    output.close(why);
    output.clear();
    for (Thread thread : threads) {
      if (thread != Thread.currentThread()) {
        thread.interrupt();
      }
    }
  }

  /**
   * Lets nothing in any more, and waits for so long for what is inside to come out, for which
   * somebody has to take it. Then it {@linkplain #cancel cancels}, and gives the work that runs a
   * second to end. Then it gives up waiting. Idempotent; each call reports what it has found
   * itself.
   *
   * <p>If the thread is interrupted, the rest of both times is not waited for; it is still
   * interrupted when this returns.
   *
   * @param drain how long to wait; not at all if zero or negative
   * @return how many items came out meanwhile, how many were thrown away, what was still running,
   *     and where
   * @throws IllegalStateException if the caller is a thread of this pipeline, which would wait for
   *     itself
   */
  public StopReport close(Duration drain) {
    Objects.requireNonNull(drain, "drain");
    if (threads.contains(Thread.currentThread())) {
      throw new IllegalStateException(
          "A stage of " + name + " cannot wait for the end of " + name + ", and so for itself");
    }
    long start = System.nanoTime();
    long before = delivered.sum();
    close();
    boolean waiting = true;
    List<StopReport.Running> interrupted = new ArrayList<>();
    List<StopReport.Running> abandoned = new ArrayList<>();
    try {
      if (!isDrained(Deadline.after(drain))) {
        waiting = stopNow(interrupted, abandoned, true);
      }
    } catch (InterruptedException e) {
      waiting = false;
      boolean unused = stopNow(interrupted, abandoned, false);
    }
    if (!waiting) {
      Thread.currentThread().interrupt();
    }
    long after = delivered.sum();
    long left = Math.max(0, accepted.sum() - after);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    return new StopReport(name, took, after - before, interrupted, abandoned, left);
  }

  private boolean isDrained(Deadline deadline) throws InterruptedException {
    return end.await("the end", deadline) && output.awaitIdle(deadline);
  }

  /** Cancels, and says what ran before and what still runs; false if interrupted. */
  private boolean stopNow(
      List<StopReport.Running> interrupted, List<StopReport.Running> abandoned, boolean wait) {
    List<StopReport.Running> running = new ArrayList<>();
    stages.forEach(stage -> stage.addRunning(running));
    stop(new CancellationException(name + " was closed before all had come out"));
    boolean waited = wait;
    try {
      boolean unused = isDrained(Deadline.after(wait ? GRACE : Duration.ZERO));
    } catch (InterruptedException e) {
      waited = false;
    }
    stages.forEach(stage -> stage.addRunning(abandoned));
    Set<String> still = new HashSet<>();
    abandoned.forEach(task -> still.add(task.task()));
    running.stream().filter(task -> !still.contains(task.task())).forEach(interrupted::add);
    return waited;
  }

  /**
   * Waits until all threads have ended: with a sink, until it has been given all outcomes; without
   * one, the last of them may wait to be taken.
   *
   * @return false if the time was up before
   */
  public boolean awaitEnd(Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return end.await("the end", deadline);
  }

  /** Whether all threads have ended, and no outcome waits to be taken. Once true it stays true. */
  public boolean hasEnded() {
    return end.isOpen() && output.isEmpty();
  }

  /** Why it was stopped; empty if it was not. */
  public Optional<Throwable> stopped() {
    return Optional.ofNullable(stopped.get());
  }

  private List<Thread> alive() {
    return threads.stream().filter(Thread::isAlive).toList();
  }

  // ------------------------------------------------------------------ for its threads

  /** The next item; null if there are no more, or if this was stopped. */
  @Nullable PipelineItem<I> take(BoundedBuffer<PipelineItem<I>> from) {
    while (stopped.get() == null) {
      try {
        PipelineItem<I> item = from.takeOrNull();
        return stopped.get() == null ? item : null;
      } catch (InterruptedException e) {
        // If not by a stop, then it is nothing to this thread: nobody else may end it.
      }
    }
    return null;
  }

  /** Hands an item on; false if this was stopped. */
  boolean pass(PipelineItem<I> item, Next<I> to) {
    while (stopped.get() == null) {
      try {
        to.accept(item);
        return true;
      } catch (InterruptedException e) {
        // As above; the item has not been handed on.
      } catch (BufferClosedException e) {
        if (stopped.get() == null) {
          throw e; // what is behind is closed by those before it, and by a stop
        }
      }
    }
    return false;
  }

  /** Waits until the work on an item is done; false if this was stopped. */
  boolean awaitDone(PipelineItem<I> item) {
    PipelineGate done = Objects.requireNonNull(item.done, "not in an ordered stage");
    while (stopped.get() == null) {
      try {
        if (done.await("item " + item.index, Deadline.none())) {
          return true;
        }
      } catch (InterruptedException e) {
        // As above.
      }
    }
    return false;
  }

  void hasFailed(StageException failure) {
    if (failFast) {
      stop(failure);
    }
  }

  /** What work has left behind, or was meant for work that has ended. */
  void clearInterrupt() {
    boolean unused = Thread.interrupted(); // a stop is seen by what it has closed
  }

  // ------------------------------------------------------------------ figures

  /** What this has done so far and what is in it now. */
  public PipelineStats stats() {
    return new PipelineStats(
        name,
        accepted.sum(),
        delivered.sum(),
        output.size(),
        stages.stream().map(PipelineStage::stats).toList(),
        stages.get(0).isClosed(),
        end.isOpen());
  }

  /** The name, how many items are inside, and whether it was stopped. */
  @Override
  public String toString() {
    Throwable why = stopped.get();
    long inside = Math.max(0, accepted.sum() - delivered.sum());
    return "Pipeline["
        + name
        + ", "
        + inside
        + " inside"
        + (why != null ? ", stopped by " + why : stages.get(0).isClosed() ? ", closed]" : "]")
        + (why != null ? "]" : "");
  }
}
