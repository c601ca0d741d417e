// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import dev.interleave.testing.Interleaving.EventType;
import dev.interleave.testing.internal.StepBarrier;
import dev.interleave.testing.internal.SyncPoints;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The thread of one actor. All workers go through a batch in step: each prepares its share of the
 * rounds, each acts in all of them, each judges its share.
 *
 * <p>Bare rounds follow one another in groups without a word between the workers, which makes them
 * cheap and brings the actors onto the same subject at about the same time. A perturbed round
 * stands alone, so that what is done to its threads does not reach another.
 */
final class StressWorker<S> implements Runnable, SyncPoints.Listener {
  /** What the worker does, as far as the watch-dog cares. */
  enum Doing {
    WAITING("waits for the others"),
    PREPARING("makes or sets up a subject"),
    ACTING("acts"),
    JUDGING("runs the arbiter or an invariant");

    final String text;

    Doing(String text) {
      this.text = text;
    }
  }

  /** Sync points of a round beyond are passed as they come, so that the delay is bounded. */
  private static final int MOST_PERTURBED_POINTS = 64;

  private static final int NANOS_PER_PARK_STEP = 50;

  // The states of a perturbed round, in which an interrupt is delivered once, and never too late.
  private static final int AWAY = 0;
  private static final int ACTING = 1;
  private static final int BEING_INTERRUPTED = 2;
  private static final int INTERRUPTED = 3;

  // One counter in a cache line of its own.
  private static final int TICKS = 16;

  private final StressEngine<S> engine;
  private final Plan<S> plan;
  private final int me;
  private final StressActor<S> actor;
  private final StepBarrier barrier;
  private final Thread thread;
  private final Trace trace;
  private final AtomicLongArray ticks = new AtomicLongArray(2 * TICKS);
  private final AtomicInteger state = new AtomicInteger();
  private final ReentrantLock tallyLock = new ReentrantLock();
  private final Tally tally;
  private volatile Doing doing = Doing.PREPARING;
  private boolean sealed;

  // Of its own thread alone.
  private long meeting;
  private long round;
  private int point;

  StressWorker(StressEngine<S> engine, int me, StepBarrier barrier) {
    this.engine = engine;
    this.plan = engine.plan();
    this.me = me;
    this.actor = plan.actors().get(me);
    this.barrier = barrier;
    this.trace = new Trace(me);
    this.tally = new Tally(plan.judge());
    this.thread = plan.kind().unstarted("stress-" + actor.name(), this);
  }

  Thread thread() {
    return thread;
  }

  String name() {
    return actor.name();
  }

  Doing doing() {
    return doing;
  }

  Trace trace() {
    return trace;
  }

  /** Grows while something moves. */
  long ticks() {
    return ticks.getOpaque(TICKS);
  }

  /** Of this worker's own thread, or of another while all have met. */
  Tally tally() {
    return tally;
  }

  @Override
  public void run() {
    try {
      work();
    } catch (RuntimeException | Error e) {
      engine.fail("the run itself failed", e);
    } finally {
      engine.ended();
    }
  }

  private void work() {
    do {
      Batch batch = engine.batch();
      if (!prepare(batch) || !meet()) {
        return;
      }
      if (!(batch.isPerturbed() ? actPerturbed(batch) : actBare(batch)) || !meet()) {
        return;
      }
      if (!judge(batch) || !barrier.meet(me, ++meeting, engine::endBatch)) {
        return;
      }
    } while (!engine.isOver());
  }

  private boolean meet() {
    doing = Doing.WAITING;
    return barrier.meet(me, ++meeting);
  }

  private void tick() {
    ticks.setOpaque(TICKS, ticks.getPlain(TICKS) + 1);
  }

  /** Returns where the share of a batch begins; it changes hands from batch to batch. */
  private int share(Batch batch, int turn) {
    int workers = plan.actors().size();
    int mine = (int) ((me + batch.number) % workers);
    return (int) ((long) batch.size * (mine + turn) / workers);
  }

  private boolean prepare(Batch batch) {
    doing = Doing.PREPARING;
    Stress.Action<? super S> setup = plan.setup();
    try {
      int to = share(batch, 1);
      for (int i = share(batch, 0); i < to; i++) {
        if (barrier.isShattered()) {
          return false;
        }
        tick();
        S subject = requireNonNull(plan.subjects().get(), "subject");
        if (setup != null) {
          setup.run(subject);
        }
        batch.subjects[i] = subject;
        if (i == 0 && batch.number == 0) {
          engine.made(subject);
        }
      }
      return true;
    } catch (Throwable failure) { // ends the run, and is thrown by it
      engine.fail("a subject could not be made or set up", failure);
      return false;
    }
  }

  private boolean actBare(Batch batch) {
    for (int from = 0; from < batch.size; from += batch.group) {
      if (from > 0 && !meet()) {
        return false;
      }
      doing = Doing.ACTING;
      if (!act(batch, from, Math.min(from + batch.group, batch.size))) {
        return false;
      }
    }
    return true;
  }

  private boolean act(Batch batch, int from, int to) {
    Stress.Call<? super S> body = actor.body();
    @Nullable Object[] subjects = batch.subjects;
    @Nullable Object[] results = batch.results[me];
    for (int i = from; i < to; i++) {
      if (barrier.isShattered()) { // else the interrupt that ends this round is lost on the next
        return false;
      }
      tick();
      try {
        Object result = body.call(subject(subjects[i]));
        if (results != null) {
          results[i] = result;
        }
      } catch (Throwable failure) { // it is the outcome
        results = failed(batch, i, thrown(actor.name(), failure));
      }
      Thread.interrupted(); // the actor's own, and not meant for the next round
    }
    return true;
  }

  private boolean actPerturbed(Batch batch) {
    doing = Doing.ACTING;
    Thread.interrupted();
    trace.clear();
    round = batch.perturbedRound();
    point = 0;
    state.set(ACTING);
    perturb(false);
    trace.add(EventType.BEGIN, "begins");
    Failure failure = null;
    Object result = null;
    SyncPoints.listen(this);
    try {
      result = actor.body().call(subject(batch.subjects[0]));
      trace.add(EventType.END, "ends");
    } catch (Throwable thrown) { // it is the outcome
      trace.add(EventType.END, "throws " + thrown.getClass().getSimpleName());
      failure = thrown(actor.name(), thrown);
    } finally {
      SyncPoints.ignore();
    }
    boolean swallowed = leave() && failure == null;
    perturb(true);
    if (swallowed) {
      failure = new Failure(new Stress.Swallowed(actor.name()), null);
    }
    if (failure != null) {
      failed(batch, 0, failure);
    } else {
      @Nullable Object[] results = batch.results[me];
      if (results != null) {
        results[0] = result;
      }
    }
    return true;
  }

  /** Ends the time in which this actor may be interrupted; returns whether it was and is not. */
  @SuppressWarnings("ThreadPriorityCheck") // only to be polite meanwhile
  private boolean leave() {
    if (state.compareAndSet(ACTING, AWAY)) {
      Thread.interrupted(); // the actor's own, and not meant for the next round
      return false;
    }
    while (state.get() == BEING_INTERRUPTED) {
      Thread.yield(); // the other one has two instructions to go
    }
    state.set(AWAY);
    return !Thread.interrupted();
  }

  private boolean interrupt() {
    if (!state.compareAndSet(ACTING, BEING_INTERRUPTED)) {
      return false;
    }
    thread.interrupt();
    state.set(INTERRUPTED);
    return true;
  }

  @Override
  public void reached(@Nullable String label) {
    trace.add(EventType.SYNC, label == null ? "sync" : label);
    perturb(false);
  }

  /** Does what was decided for the next sync point; after the end, only what is done to others. */
  @SuppressWarnings("ThreadPriorityCheck") // one of the perturbations
  private void perturb(boolean ended) {
    if (point >= MOST_PERTURBED_POINTS) {
      return;
    }
    Perturber.Decision decision = engine.perturber().decide(round, me, point++);
    Perturbation what = decision.what();
    if (what == null || (ended && what.isHoldUp())) {
      return;
    }
    switch (what) {
      case YIELD -> {
        trace.add(EventType.PERTURBED, "yields");
        Thread.yield();
      }
      case PARK -> {
        trace.add(EventType.PERTURBED, "is parked");
        LockSupport.parkNanos(this, (long) decision.amount() * NANOS_PER_PARK_STEP);
        // If it was the subject that unparked this thread, then for a reason: pass that on.
        LockSupport.unpark(Thread.currentThread());
      }
      case DELAY -> {
        trace.add(EventType.PERTURBED, "is delayed");
        spin(decision.amount());
      }
      case WAKE_UP -> {
        StressWorker<S> target = engine.worker(decision.target());
        trace.add(EventType.PERTURBED, "unparks " + target.name());
        LockSupport.unpark(target.thread);
      }
      case INTERRUPT -> {
        StressWorker<S> target = engine.worker(decision.target());
        if (target.interrupt()) {
          trace.add(EventType.PERTURBED, "interrupts " + target.name());
        }
      }
    }
  }

  private static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }

  private @Nullable Object[] failed(Batch batch, int index, Failure failure) {
    @Nullable Object[] results = batch.results[me];
    if (results == null) {
      results = new Object[batch.size];
      batch.results[me] = results;
    }
    results[index] = failure;
    return results;
  }

  private static Failure thrown(String who, Throwable thrown) {
    return new Failure(new Stress.Thrown(who, thrown.getClass()), thrown);
  }

  @SuppressWarnings("unchecked") // prepare() put it there
  private S subject(@Nullable Object subject) {
    return (S) requireNonNull(subject);
  }

  private boolean judge(Batch batch) {
    int from = share(batch, 0);
    int to = share(batch, 1);
    if (batch.verdicts != null) {
      doing = Doing.JUDGING;
      for (int i = from; i < to; i++) {
        if (barrier.isShattered()) {
          return false;
        }
        tick();
        batch.verdicts[i] = verdict(subject(batch.subjects[i]));
      }
    }
    doing = Doing.WAITING;
    tallyLock.lock(); // contended only by a watch-dog that has lost its patience
    try {
      if (sealed) {
        return false;
      }
      count(batch, from, to);
      return true;
    } finally {
      tallyLock.unlock();
    }
  }

  private @Nullable Object verdict(S subject) {
    for (Plan.Invariant<S> invariant : plan.invariants()) {
      try {
        if (!invariant.check().holds(subject)) {
          return new Failure(new Stress.Violated(invariant.name()), null);
        }
      } catch (Throwable failure) { // it is the outcome
        return thrown("invariant " + invariant.name(), failure);
      }
    }
    Stress.Call<? super S> arbiter = plan.arbiter();
    if (arbiter == null) {
      return null;
    }
    try {
      return arbiter.call(subject);
    } catch (Throwable failure) { // it is the outcome
      return thrown("arbiter", failure);
    }
  }

  private void count(Batch batch, int from, int to) {
    @Nullable Object[] parts = new Object[plan.actors().size() + 1];
    for (int i = from; i < to; i++) {
      int size = parts(batch, i, parts);
      Tally.Entry entry = tally.count(parts, size);
      if (batch.isPerturbed() && entry.lacksInterleaving()) {
        entry.seenIn(batch.perturbedRound(), engine.interleaving(batch.perturbedRound()));
      }
    }
  }

  /** Collects what makes up the outcome of a round and returns how much it is. */
  private int parts(Batch batch, int index, @Nullable Object[] parts) {
    Object verdict = batch.verdicts == null ? null : batch.verdicts[index];
    if (verdict instanceof Failure failure && failure.outcome() instanceof Stress.Violated) {
      parts[0] = verdict;
      return 1;
    }
    int size = 0;
    for (int i = 0; i < batch.results.length; i++) {
      @Nullable Object[] results = batch.results[i];
      if (results != null && (plan.actors().get(i).returns() || results[index] != null)) {
        parts[size++] = results[index];
      }
    }
    if (plan.arbiter() != null || verdict != null) {
      parts[size++] = verdict;
    }
    return size;
  }

  /** Adds what was counted to a sum, and keeps more from being counted. */
  boolean sealInto(Tally sum, long nanos) throws InterruptedException {
    if (!tallyLock.tryLock(nanos, TimeUnit.NANOSECONDS)) {
      return false;
    }
    try {
      sealed = true;
      sum.addAll(tally);
      return true;
    } finally {
      tallyLock.unlock();
    }
  }

  /** Returns what this worker does at the moment, with its stack. */
  String describe() {
    StringBuilder text = new StringBuilder(200);
    text.append('"').append(name()).append("\" ").append(doing.text).append(", ");
    text.append(thread.getState());
    for (StackTraceElement frame : thread.getStackTrace()) {
      text.append(System.lineSeparator()).append("    at ").append(frame);
    }
    return text.toString();
  }
}
