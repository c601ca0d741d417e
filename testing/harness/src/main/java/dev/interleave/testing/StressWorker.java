// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import dev.interleave.testing.internal.StepBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The thread of one actor. All workers go through a batch in step: each prepares its share of the
 * rounds, each acts in all of them, each judges its share.
 *
 * <p>Bare rounds follow one another in groups without a word between the workers, which makes them
 * cheap and brings the actors onto the same subject at about the same time.
 *
 * <p>An interrupt that is not answered in the step that it came in is forgotten before the next. If
 * it was the one that ends the run, that is seen then: whoever interrupts asks for an end before.
 */
final class StressWorker<S> implements Runnable {
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

  /** Rounds that are judged before they are counted: few enough for the nearest cache. */
  private static final int BLOCK = Verdicts.MOST;

  /**
   * Nobody gets ahead of the others by more than twice as many rounds: all have to run what one of
   * them has run, however long it takes them. To look where the others are costs little, and to
   * tell them costs nothing, unlike a meeting, after which the actors are apart by what it takes to
   * see it.
   */
  private static final int STRIDE = 64;

  // One counter in a cache line of its own.
  private static final int TICKS = 16;

  private final StressEngine<S> engine;
  private final Plan<S> plan;
  private final int me;
  private final StressActor<S> actor;
  private final StepBarrier barrier;
  private final EarlyEnd early;
  private final Thread thread;
  private final PerturbedRound<S> perturbed;
  private final Verdicts<S> verdicts;
  private final AtomicLongArray ticks = new AtomicLongArray(2 * TICKS);
  private final ReentrantLock tallyLock = new ReentrantLock();
  private final Tally tally;
  private final AtomicReference<Doing> doing = new AtomicReference<>(Doing.PREPARING);
  private boolean sealed;

  // Of its own thread, or of another while all have met.
  private long meeting;
  private long turn;
  private long before; // rounds, in earlier batches
  private int prepared;
  private int run;
  private long judged;

  StressWorker(StressEngine<S> engine, int me, StepBarrier barrier, EarlyEnd early) {
    this.engine = engine;
    this.plan = engine.plan();
    this.me = me;
    this.actor = plan.actors().get(me);
    this.barrier = barrier;
    this.early = early;
    this.tally = new Tally(plan.judge());
    this.verdicts = new Verdicts<>(plan);
    this.thread = plan.kind().unstarted("stress-" + actor.name(), this);
    this.perturbed = new PerturbedRound<>(engine, actor, me, thread);
  }

  Thread thread() {
    return thread;
  }

  String name() {
    return actor.name();
  }

  Doing doing() {
    return doing.get();
  }

  PerturbedRound<S> perturbedRound() {
    return perturbed;
  }

  /** Grows while something moves. */
  long ticks() {
    return ticks.getOpaque(TICKS) + early.begun(me);
  }

  /** Of this worker's own thread, or of another while all have met. */
  Tally tally() {
    return tally;
  }

  /** Returns of how many rounds this worker has made the subject; while all have met. */
  int prepared() {
    return prepared;
  }

  /** Returns how many rounds of the batch were run, as many as others have; while all have met. */
  int roundsRun() {
    return run;
  }

  /** Returns how many rounds this worker has judged so far; while all have met. */
  long judged() {
    return judged;
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
      if (!prepare(batch) || !meet(engine::endPreparing)) {
        return;
      }
      if (!(batch.isPerturbed() ? actPerturbed(batch) : actBare(batch))
          || !meet(engine::endActing)) {
        return;
      }
      if (!judge(batch) || !meet(engine::endBatch)) {
        return;
      }
    } while (!engine.isOver());
  }

  private boolean meet(Runnable last) {
    doing.setRelease(Doing.WAITING);
    return barrier.meet(me, ++meeting, last);
  }

  private void tick() {
    ticks.setOpaque(TICKS, ticks.getPlain(TICKS) + 1);
  }

  /** Tells whether the run has ended without this worker. */
  private boolean isEnded() {
    return early.isAsked() && barrier.isShattered();
  }

  /** Returns the index of its share of a batch; it changes hands from batch to batch. */
  static int share(int worker, Batch batch, int workers) {
    return (int) ((worker + batch.number) % workers);
  }

  private boolean prepare(Batch batch) {
    doing.setRelease(Doing.PREPARING);
    int workers = plan.actors().size();
    int from = share(me, batch, workers);
    Stress.Action<? super S> setup = plan.setup();
    int made = 0;
    try {
      for (int i = from; i < batch.size(); i += workers) {
        Thread.interrupted();
        if (early.isAsked()) {
          if (barrier.isShattered()) {
            return false;
          }
          if (i > from) {
            break;
          }
        }
        tick();
        S subject = requireNonNull(plan.subjects().get(), "subject");
        if (setup != null) {
          setup.run(subject);
        }
        batch.subjects[i] = subject;
        made++;
        if (i == 0 && batch.number == 0) {
          engine.made(subject);
        }
      }
      prepared = made;
      return true;
    } catch (Throwable failure) { // ends the run, and is thrown by it
      engine.fail("a subject could not be made or set up", failure);
      return false;
    }
  }

  private boolean actBare(Batch batch) {
    int size = batch.size();
    run = 0;
    while (run < size) {
      if (run > 0 && !(run % batch.group == 0 ? pass() : isNear(run))) {
        return false;
      }
      doing.setRelease(Doing.ACTING);
      Thread.interrupted();
      int to = Math.min(run + Math.min(batch.group, STRIDE), size);
      run =
          actor.action() != null
              ? act(actor.action(), batch, run, to)
              : call(requireNonNull(actor.call()), batch, run, to);
      if (run < to) {
        break;
      }
    }
    before += run + 1;
    return !isEnded();
  }

  private boolean pass() {
    doing.setRelease(Doing.WAITING);
    return barrier.pass(me, ++turn);
  }

  /** Waits until the others are not far behind; tells whether the run goes on. */
  private boolean isNear(int index) {
    long least = before + 1 + index - STRIDE;
    if (early.haveBegun(me, least)) {
      return true;
    }
    doing.setRelease(Doing.WAITING);
    return early.awaitBegun(me, least, barrier::isShattered);
  }

  /** Acts in rounds, and returns how far it got. */
  private int act(Stress.Action<? super S> action, Batch batch, int from, int to) {
    @Nullable Object[] subjects = batch.subjects;
    long round = before + 1;
    for (int i = from; i < to; i++) {
      if (early.isAsked() && isLast(i)) {
        return i;
      }
      early.begin(me, round + i);
      try {
        action.run(subject(subjects[i]));
      } catch (Throwable failure) { // it is the outcome
        failed(batch, i, Failure.thrown(actor.name(), failure));
      }
      Thread.interrupted(); // the actor's own, and not meant for the next round
    }
    return to;
  }

  private int call(Stress.Call<? super S> call, Batch batch, int from, int to) {
    @Nullable Object[] subjects = batch.subjects;
    @Nullable Object[] results = requireNonNull(batch.results[me]);
    long round = before + 1;
    for (int i = from; i < to; i++) {
      if (early.isAsked() && isLast(i)) {
        return i;
      }
      early.begin(me, round + i);
      try {
        results[i] = call.call(subject(subjects[i]));
      } catch (Throwable failure) { // it is the outcome
        results[i] = Failure.thrown(actor.name(), failure);
      }
      Thread.interrupted(); // the actor's own, and not meant for the next round
    }
    return to;
  }

  /** Tells whether no round of the batch is to be run from that one on, having been asked. */
  private boolean isLast(int index) {
    if (barrier.isShattered()) {
      return true; // else the interrupt that ends this round is lost on the next
    }
    if (index == 0) {
      return false;
    }
    doing.setRelease(Doing.WAITING);
    boolean last = !early.mustBegin(me, before + 1 + index, barrier::isShattered);
    doing.setRelease(Doing.ACTING);
    Thread.interrupted();
    return last || barrier.isShattered();
  }

  private boolean actPerturbed(Batch batch) {
    doing.setRelease(Doing.ACTING);
    Thread.interrupted();
    if (isEnded()) {
      return false;
    }
    run = 1;
    Object result = perturbed.act(batch, subject(batch.subjects[0]));
    if (actor.returns() || result != null) {
      results(batch)[0] = result;
    }
    return true;
  }

  private void failed(Batch batch, int index, Failure failure) {
    results(batch)[index] = failure;
  }

  private @Nullable Object[] results(Batch batch) {
    @Nullable Object[] results = batch.results[me];
    if (results == null) {
      results = new Object[batch.subjects.length];
      batch.results[me] = results;
    }
    return results;
  }

  @SuppressWarnings("unchecked") // prepare() put it there
  private S subject(@Nullable Object subject) {
    return (S) requireNonNull(subject);
  }

  private boolean judge(Batch batch) {
    int workers = plan.actors().size();
    int share = share(me, batch, workers);
    int from = batch.share(share, workers);
    int to = batch.share(share + 1, workers);
    for (int i = from; i < to && !(i > from && isEnough()); ) {
      doing.setRelease(plan.judges() ? Doing.JUDGING : Doing.WAITING);
      int judgedTo = judge(batch, i, Math.min(i + BLOCK, to));
      doing.setRelease(Doing.WAITING);
      if (isEnded()) {
        count(batch, i, Math.max(i, judgedTo - 1)); // the last one may be what was interrupted
        return false;
      }
      if (!count(batch, i, judgedTo)) {
        return false;
      }
      i = judgedTo;
    }
    return true;
  }

  /** Tells whether the rounds that are not judged yet may as well be forgotten. */
  private boolean isEnough() {
    return early.isAsked() && (engine.isLate() || (plan.failFast() && tally.forbidden() > 0));
  }

  /** Judges rounds, one at least, and returns how far it got. */
  private int judge(Batch batch, int from, int to) {
    if (!plan.judges()) {
      return to;
    }
    verdicts.clear();
    for (int i = from; i < to; i++) {
      if (early.isAsked() && (i > from || barrier.isShattered())) {
        return i;
      }
      tick();
      verdicts.judge(i - from, subject(batch.subjects[i]));
    }
    return to;
  }

  private boolean count(Batch batch, int from, int to) {
    tallyLock.lock(); // contended only by a watch-dog that has lost its patience
    try {
      if (sealed) {
        return false;
      }
      verdicts.count(batch, from, to, tally, engine);
      judged += to - from;
      return true;
    } finally {
      tallyLock.unlock();
    }
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
    text.append('"').append(name()).append("\" ").append(doing().text).append(", ");
    text.append(thread.getState());
    for (StackTraceElement frame : thread.getStackTrace()) {
      text.append(System.lineSeparator()).append("    at ").append(frame);
    }
    return text.toString();
  }
}
