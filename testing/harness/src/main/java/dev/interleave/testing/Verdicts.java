// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Judges rounds, and puts together what each of them came to. Of one worker.
 *
 * <p>What a round came to is a number, if all of it is small, and else the objects. To store a
 * reference into an object that has survived some collections costs as much as all the rest of a
 * round: so numbers are kept from block to block, and arrays of objects are new for each.
 */
final class Verdicts<S> {
  static final int MOST = 128;

  private final Plan<S> plan;
  private final boolean[] returns; // by actor
  private final boolean judges;
  private final boolean arbitrated;
  private final int[] codes = new int[MOST];
  private @Nullable Object @Nullable [] verdicts; // those without a code

  Verdicts(Plan<S> plan) {
    this.plan = plan;
    this.returns = new boolean[plan.actors().size()];
    for (int i = 0; i < returns.length; i++) {
      returns[i] = plan.actors().get(i).returns();
    }
    this.judges = plan.judges();
    this.arbitrated = plan.arbiter() != null;
  }

  /** Begins with a block of rounds. */
  void clear() {
    if (verdicts != null) {
      verdicts = null;
    }
  }

  /** Asks the invariants and the arbiter about one round of the block. */
  void judge(int index, S subject) {
    Object verdict = verdict(subject);
    int code = Tally.code(verdict);
    codes[index] = code;
    if (code == Tally.NO_CODE) {
      if (verdicts == null) {
        verdicts = new Object[MOST];
      }
      verdicts[index] = verdict;
    }
  }

  private @Nullable Object verdict(S subject) {
    for (Plan.Invariant<S> invariant : plan.invariants()) {
      Thread.interrupted(); // of what came before, and not meant for this one
      try {
        if (!invariant.check().holds(subject)) {
          return new Failure(new Stress.Violated(invariant.name()), null);
        }
      } catch (Throwable failure) { // it is the outcome
        return Failure.thrown("invariant " + invariant.name(), failure);
      }
    }
    Stress.Call<? super S> arbiter = plan.arbiter();
    if (arbiter == null) {
      return null;
    }
    Thread.interrupted();
    try {
      return arbiter.call(subject);
    } catch (Throwable failure) { // it is the outcome
      return Failure.thrown("arbiter", failure);
    }
  }

  /** Counts rounds that were judged, the first of them as number 0 of the block. */
  void count(Batch batch, int from, int to, Tally tally, StressEngine<S> engine) {
    @Nullable Object[] parts = null;
    for (int i = from; i < to; i++) {
      int index = index(batch, i, judges ? codes[i - from] : Tally.CODE_OF_NULL);
      Tally.Entry entry = tally.countCoded(index);
      if (entry == null) {
        parts = parts == null ? new Object[returns.length + 1] : parts;
        entry = tally.count(parts, parts(batch, i, verdict(i - from), parts));
      }
      if (batch.isPerturbed() && entry.isNews()) {
        entry.seenIn(
            batch.perturbedRound(), entry.isExpected() ? null : engine.interleaving(batch));
      }
    }
  }

  private @Nullable Object verdict(int index) {
    if (!judges) {
      return null;
    }
    return codes[index] == Tally.NO_CODE
        ? requireNonNull(verdicts)[index]
        : Tally.decode(codes[index]);
  }

  /** Returns the index of the outcome of a round whose parts all have a code. */
  private int index(Batch batch, int round, int verdict) {
    int index = Tally.NO_PARTS;
    for (int i = 0; i < returns.length; i++) {
      @Nullable Object[] results = batch.results[i];
      if (results != null && (returns[i] || results[round] != null)) {
        index = Tally.add(index, Tally.code(results[round]));
      }
    }
    return arbitrated || verdict == Tally.NO_CODE ? Tally.add(index, verdict) : index;
  }

  /** Collects what makes up the outcome of a round and returns how much it is. */
  private int parts(Batch batch, int index, @Nullable Object verdict, @Nullable Object[] parts) {
    if (verdict instanceof Failure failure && failure.outcome() instanceof Stress.Violated) {
      parts[0] = verdict;
      return 1;
    }
    int size = 0;
    for (int i = 0; i < returns.length; i++) {
      @Nullable Object[] results = batch.results[i];
      if (results != null && (returns[i] || results[index] != null)) {
        parts[size++] = results[index];
      }
    }
    if (arbitrated || verdict != null) {
      parts[size++] = verdict;
    }
    return size;
  }
}
