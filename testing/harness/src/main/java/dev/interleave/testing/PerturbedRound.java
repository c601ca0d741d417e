// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import dev.interleave.testing.Interleaving.EventType;
import dev.interleave.testing.internal.SyncPoints;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What one actor does, and what is done to it, in the perturbed round under way; the same object
 * round after round. A perturbed round stands alone, so that what is done to its threads does not
 * reach another.
 */
final class PerturbedRound<S> implements SyncPoints.Listener {
  /** Sync points of a round beyond are passed as they come, so that the delay is bounded. */
  private static final int MOST_PERTURBED_POINTS = 64;

  private static final int NANOS_PER_PARK_STEP = 50;

  // The states, in which an interrupt is delivered once, and never too late.
  private static final int AWAY = 0;
  private static final int ACTING = 1;
  private static final int BEING_INTERRUPTED = 2;
  private static final int INTERRUPTED = 3;

  private final StressEngine<S> engine;
  private final StressActor<S> actor;
  private final int me;
  private final Thread thread;
  private final Trace trace;
  private final AtomicInteger state = new AtomicInteger();

  // Of the actor's thread alone.
  private long round;
  private int point;

  PerturbedRound(StressEngine<S> engine, StressActor<S> actor, int me, Thread thread) {
    this.engine = engine;
    this.actor = actor;
    this.me = me;
    this.thread = thread;
    this.trace = new Trace(me);
  }

  /** Returns what the actor did in that batch, by now; nothing if it has not begun it. */
  List<Interleaving.Event> events(Batch batch) {
    return trace.events(batch.number);
  }

  /** Runs the only round of a batch, and returns the result of the actor, or its failure. */
  @Nullable Object act(Batch batch, S subject) {
    trace.clear(batch.number);
    round = batch.perturbedRound();
    point = 0;
    state.set(ACTING);
    perturb(false);
    trace.add(EventType.BEGIN, "begins");
    Failure failure = null;
    Object result = null;
    SyncPoints.listen(this);
    try {
      result = actor.act(subject);
      trace.add(EventType.END, "ends");
    } catch (Throwable thrown) { // it is the outcome
      trace.add(EventType.END, "throws " + thrown.getClass().getSimpleName());
      failure = Failure.thrown(actor.name(), thrown);
    } finally {
      SyncPoints.ignore();
    }
    boolean swallowed = leave() && failure == null;
    perturb(true);
    if (swallowed) {
      failure = new Failure(new Stress.Swallowed(actor.name()), null);
    }
    return failure != null ? failure : result;
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
        PerturbedRound<S> target = engine.worker(decision.target()).perturbedRound();
        trace.add(EventType.PERTURBED, "unparks " + target.actor.name());
        LockSupport.unpark(target.thread);
      }
      case INTERRUPT -> {
        PerturbedRound<S> target = engine.worker(decision.target()).perturbedRound();
        if (target.interrupt()) {
          trace.add(EventType.PERTURBED, "interrupts " + target.actor.name());
        }
      }
    }
  }

  private static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }
}
