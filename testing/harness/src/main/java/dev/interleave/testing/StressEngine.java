// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.internal.RegisteredDiagnosis;
import dev.interleave.testing.internal.StepBarrier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs a plan: starts the workers, decides from batch to batch what comes next, watches that
 * something moves, and collects.
 *
 * <p>The state of the batches is written by whichever worker comes last to a meeting, while the
 * others wait there; the thread that called {@link #run()} only watches.
 */
final class StressEngine<S> {
  private static final int FIRST_BATCH = 16;

  /** So that subjects and results stay in a cache. */
  private static final int LARGEST_BATCH = 2_048;

  private static final long BATCH_NANOS = 1_000_000;

  /** A batch that takes longer is ended early, so that someone looks at what came out so far. */
  private static final long LONGEST_BATCH_NANOS = 50 * BATCH_NANOS;

  /** How often to look whether it does, and whether the time is up. */
  private static final long LOOK_NANOS = LONGEST_BATCH_NANOS / 2;

  /** Bare rounds have this many times as much time as perturbed ones. */
  private static final long BARE_TO_PERTURBED = 7;

  /**
   * How long whoever comes early to a meeting looks on before it gives up its processor: some tens
   * of microseconds. Less is worse: with both actors asleep in turn, the scheduler of the operating
   * system may leave them on one processor, and they never meet. So may that of virtual threads.
   */
  private static final int SPINS = 2_000;

  private static final int YIELDS = 10;

  /** Where the others may need the processor to come at all. */
  private static final int FEW_SPINS = 50;

  private static final int FEW_YIELDS = 3;

  /** How long to look for an interleaving of an outcome that was seen in bare rounds only. */
  private static final long HUNT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** How long to wait for a worker that is about to count what it has judged. */
  private static final long LONGEST_COUNT_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Plan<S> plan;
  private final Perturber perturber;
  private final StepBarrier barrier;
  private final EarlyEnd early;
  private final List<StressWorker<S>> workers = new ArrayList<>();
  private final CountDownLatch ended;
  private final AtomicReference<@Nullable Failed> failed = new AtomicReference<>();

  // Written while all workers meet.
  private volatile Batch batch;
  private boolean over;
  private long begun;
  private long batchBegun;
  private int bareSize = FIRST_BATCH;
  private long bareNanos;
  private long perturbedNanos;
  private long bareRounds;
  private long perturbedRounds;
  private long huntBegun;
  private boolean hunting;

  /** Why the run cannot go on. */
  private record Failed(String what, Throwable cause) {}

  private volatile @Nullable String subject;
  private volatile long roundsSoFar;
  private volatile long perturbedSoFar;
  private volatile long forbiddenSoFar;

  StressEngine(Plan<S> plan) {
    this.plan = plan;
    int actors = plan.actors().size();
    this.perturber = new Perturber(plan.seed(), actors, plan.perturbations());
    boolean atOnce = actors <= Runtime.getRuntime().availableProcessors();
    this.barrier =
        atOnce
            ? new StepBarrier(actors, SPINS, YIELDS)
            : new StepBarrier(actors, FEW_SPINS, FEW_YIELDS);
    this.early = new EarlyEnd(actors);
    this.ended = new CountDownLatch(actors);
    for (int i = 0; i < actors; i++) {
      workers.add(new StressWorker<>(this, i, barrier, early));
    }
    this.batch = nextBatch(0);
  }

  Plan<S> plan() {
    return plan;
  }

  Perturber perturber() {
    return perturber;
  }

  StressWorker<S> worker(int index) {
    return workers.get(index);
  }

  Batch batch() {
    return batch;
  }

  boolean isOver() {
    return over;
  }

  /** The first subject, from which the run has its name if it was given none. */
  void made(S first) {
    subject = first.getClass().getSimpleName();
  }

  /** Ends the run with an error that is not an outcome. */
  void fail(String what, Throwable cause) {
    failed.compareAndSet(null, new Failed(what, cause));
    shatter();
  }

  /** Ends the run for all workers, each of them after the step it is in. */
  private void shatter() {
    barrier.shatter();
    early.ask(); // after it: whoever is asked looks whether it is the end
  }

  void ended() {
    ended.countDown();
  }

  Interleaving interleaving(Batch batch) {
    List<String> names = new ArrayList<>();
    List<Interleaving.Event> events = new ArrayList<>();
    for (StressWorker<S> worker : workers) {
      names.add(worker.name());
      events.addAll(worker.perturbedRound().events(batch));
    }
    return Interleaving.of(batch.perturbedRound(), names, events);
  }

  StressReport run() throws InterruptedException {
    begun = System.nanoTime();
    batchBegun = begun;
    StressReport.Hang hang;
    try {
      workers.forEach(worker -> worker.thread().start());
      hang = watch();
    } catch (InterruptedException e) {
      List<String> abandoned = end();
      throw abandoned.isEmpty() ? e : interrupted(e, abandoned);
    } catch (RuntimeException | Error e) {
      List<String> abandoned = end();
      if (!abandoned.isEmpty()) {
        e.addSuppressed(new IllegalStateException("the run has ended" + leftBehind(abandoned)));
      }
      throw e;
    }
    Failed failure = failed.get();
    if (hang == null && failure != null) {
      throw new IllegalStateException(
          failure.what + ": " + failure.cause + leftBehind(end()), failure.cause);
    }
    return report(hang);
  }

  private static InterruptedException interrupted(Exception cause, List<String> abandoned) {
    InterruptedException named = new InterruptedException("interrupted" + leftBehind(abandoned));
    named.initCause(cause);
    return named;
  }

  private static String leftBehind(List<String> abandoned) {
    return abandoned.isEmpty()
        ? ""
        : "; not to be ended by an interrupt, left behind: " + String.join(", ", abandoned);
  }

  /** Tells whether the time is up. */
  boolean isLate() {
    return System.nanoTime() - begun >= plan.nanos();
  }

  /** Ends the making of subjects; called by the last worker that meets. */
  void endPreparing() {
    Batch current = batch;
    int[] prepared = new int[workers.size()];
    int sum = 0;
    for (int i = 0; i < prepared.length; i++) {
      int share = StressWorker.share(i, current, prepared.length);
      prepared[share] = workers.get(i).prepared();
      sum += prepared[share];
    }
    if (sum < current.size()) {
      current.keepPrepared(prepared);
    }
  }

  /** Ends the rounds of a batch; called by the last worker that meets. */
  void endActing() {
    int run = workers.getFirst().roundsRun();
    if (run < batch.size()) {
      batch.keepRun(run);
    }
  }

  /** Ends a batch; called by the last worker that meets. */
  void endBatch() {
    long now = System.nanoTime();
    long spent = now - batchBegun;
    batchBegun = now;
    if (batch.isPerturbed()) {
      perturbedNanos += spent;
      perturbedRounds++;
    } else {
      bareNanos += spent;
      bareRounds = workers.stream().mapToLong(StressWorker::judged).sum() - perturbedRounds;
      resize(spent);
    }
    perturbedSoFar = perturbedRounds;
    roundsSoFar = bareRounds + perturbedRounds;
    forbiddenSoFar = workers.stream().mapToLong(worker -> worker.tally().forbidden()).sum();
    over = isDone(now);
    if (!over) {
      batch = nextBatch(batch.number + 1);
    }
    early.forget();
    if (barrier.isShattered()) {
      early.ask(); // whoever shatters it after this asks after this
    }
  }

  private void resize(long spent) {
    bareSize = Math.min(bareSize, Math.max(batch.size(), 1));
    if (spent < BATCH_NANOS / 2) {
      bareSize = Math.min(2 * bareSize, LARGEST_BATCH);
    } else if (spent > 2 * BATCH_NANOS) {
      bareSize = Math.max(bareSize / 2, 1);
    }
  }

  private boolean isDone(long now) {
    if (bareRounds + perturbedRounds >= plan.rounds()) {
      return true;
    }
    if (plan.failFast() && forbiddenSoFar > 0) {
      if (!hunting) {
        hunting = true;
        huntBegun = now;
      }
      return isForbiddenTraced() || now - huntBegun >= HUNT_NANOS || now - begun >= plan.nanos();
    }
    return now - begun >= plan.nanos() && perturbedRounds > 0;
  }

  private boolean isForbiddenTraced() {
    return workers.stream().anyMatch(worker -> worker.tally().hasInterleaving());
  }

  private Batch nextBatch(long number) {
    if (plan.replay().isPresent()) {
      return Batch.perturbed(number, plan.replay().getAsLong(), plan);
    }
    if (hunting || perturbedNanos * BARE_TO_PERTURBED < bareNanos) {
      return Batch.perturbed(number, perturbedRounds, plan);
    }
    long left = plan.rounds() - bareRounds - perturbedRounds;
    return Batch.bare(number, (int) Math.min(bareSize, left), plan);
  }

  private StressReport.@Nullable Hang watch() throws InterruptedException {
    long interval = Math.clamp(plan.hangNanos() / 4, 1, LOOK_NANOS);
    long ticks = -1;
    long moved = System.nanoTime();
    long told = moved;
    Batch seen = batch;
    long seenSince = moved;
    while (!ended.await(untilNextLook(interval), TimeUnit.NANOSECONDS)) {
      long now = System.nanoTime();
      if (failed.get() != null) {
        return null;
      }
      long sum = workers.stream().mapToLong(StressWorker::ticks).sum() + roundsSoFar;
      if (sum != ticks) {
        ticks = sum;
        moved = now;
      } else if (now - moved >= plan.hangNanos()) {
        return hang(now - moved);
      }
      if (plan.kind() == ThreadKind.VIRTUAL) {
        wakeCarrier();
      }
      if (seen != batch) {
        seen = batch;
        seenSince = now;
      }
      if (now - seenSince >= LONGEST_BATCH_NANOS || isLate()) {
        early.ask();
      }
      if (plan.progress() != null && now - told >= PROGRESS_NANOS) {
        told = now;
        plan.progress().accept(progress(now));
      }
    }
    return null;
  }

  /**
   * Has an idle carrier look for virtual threads that it could run.
   *
   * <p>JDK 21 may leave a thread that was unparked to the carrier that ran who unparked it, while
   * another carrier sleeps (JDK-8322732). Then the actors take turns on one processor and do not
   * meet; and if one spins until another comes, both do so for ever, and a right class looks hung.
   * Whatever is started from outside wakes a carrier.
   */
  private static void wakeCarrier() {
    Thread.startVirtualThread(() -> {});
  }

  private long untilNextLook(long interval) {
    long left = plan.nanos() - (System.nanoTime() - begun);
    return left > 0 ? Math.min(left, interval) : interval;
  }

  private String progress(long now) {
    return String.format(
        Locale.ROOT,
        "%.1f s, %,d rounds, %,d forbidden",
        (now - begun) / 1e9,
        roundsSoFar,
        forbiddenSoFar);
  }

  private StressReport.Hang hang(long nanos) throws InterruptedException {
    Batch hung = batch;
    List<String> stuck = new ArrayList<>();
    List<String> stacks = new ArrayList<>();
    for (StressWorker<S> worker : workers) {
      if (worker.doing() != StressWorker.Doing.WAITING) {
        stuck.add(worker.name());
      }
      stacks.add(worker.describe());
    }
    String dump = ThreadDump.take();
    String diagnosis = RegisteredDiagnosis.report();
    Interleaving interleaving = hung.isPerturbed() ? interleaving(hung) : null;
    if (interleaving != null && interleaving.events().isEmpty()) {
      interleaving = null; // nobody has begun that round
    }
    List<String> abandoned = end();
    return new StressReport.Hang(
        Duration.ofNanos(nanos), stuck, stacks, dump, diagnosis, interleaving, abandoned);
  }

  /** Interrupts what still runs, waits a while, and returns the names of those that stay. */
  private List<String> end() throws InterruptedException {
    shatter();
    List<Thread> threads = workers.stream().map(StressWorker::thread).toList();
    threads.forEach(Thread::interrupt);
    List<Thread> staying = Farewell.await(threads, ended, plan.graceNanos());
    return workers.stream()
        .filter(worker -> staying.contains(worker.thread()))
        .map(StressWorker::name)
        .toList();
  }

  private StressReport report(StressReport.@Nullable Hang hang) throws InterruptedException {
    Duration elapsed = Duration.ofNanos(System.nanoTime() - begun);
    Tally sum = new Tally(plan.judge());
    long patience = Math.min(plan.hangNanos(), LONGEST_COUNT_NANOS);
    for (StressWorker<S> worker : workers) {
      // Fails if an equals() hangs; the run is reported as hung then, and these rounds are missing.
      worker.sealInto(sum, patience);
    }
    return new StressReport(
        name(),
        plan.actors().stream().map(StressActor::name).toList(),
        plan.kind(),
        plan.seed(),
        elapsed,
        perturbedSoFar,
        sum.outcomes(),
        hang);
  }

  private String name() {
    return Objects.requireNonNullElse(
        plan.name(), Objects.requireNonNullElse(subject, "a subject that was never made"));
  }
}
