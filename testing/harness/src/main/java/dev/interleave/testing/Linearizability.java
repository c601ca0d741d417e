// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import dev.interleave.testing.internal.linear.Budget;
import dev.interleave.testing.internal.linear.ExhaustedException;
import dev.interleave.testing.internal.linear.Findings;
import dev.interleave.testing.internal.linear.Moment;
import dev.interleave.testing.internal.linear.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a {@link History} is linearizable: whether there is a moment for each call, between
 * its beginning and its end, such that the calls, in the order of their moments, do what the {@link
 * Model} says (Herlihy and Wing, Linearizability, TOPLAS 12(3), 1990).
 *
 * {@snippet :
 * Verdict verdict = Linearizability.of(Models.queue(16)).budget(Duration.ofSeconds(10)).check(history);
 * verdict.assertHolds();
 * }
 *
 * <h2>What is claimed of calls that wait</h2>
 *
 * <ul>
 *   <li>A call that returned or threw did so rightly at one moment between its beginning and its
 *       end. A blocking call has its moment only where the model lets it go on: a {@code take}
 *       where the queue is not empty.
 *   <li>A call that timed out, as the model says by {@link Transition#timingOut}, did so rightly at
 *       one such moment: the queue was empty then. It is claimed neither that it was empty all the
 *       time, nor that the call waited for as long as it should.
 *   <li>A call that threw {@link InterruptedException} has had no effect. Whether and when someone
 *       interrupted it, and how fast it noticed, is not looked at.
 *   <li>A pending call may have taken effect at some moment after its beginning, ending in any way
 *       the model allows, or may have had none. It may also be hanging for no reason: that is found
 *       by {@link #quiescent()} only.
 *   <li>Who of those that wait goes first is not looked at, so fairness is not.
 * </ul>
 *
 * <h2>Counter-examples</h2>
 *
 * A violated history is cut after the first return that cannot be explained; what ends later is
 * pending then. Then calls are left out as long as the rest is violated by the same call, but only
 * where that is known to prove something: leaving out a {@code put} would make a liar of the {@code
 * take} that got the item, and so would leaving out one that is pending. What is left out is
 *
 * <ul>
 *   <li>reads and failed attempts ({@link Model#isReadOnly}), which are in nobody's way;
 *   <li>for the models in {@link Models}, groups of calls without which any legal sequence stays
 *       legal: all calls about one item of a queue, a stretch of time for which a thread held a
 *       lock;
 *   <li>pending calls that cannot have taken effect, however the rest is explained: a {@code take}
 *       where there was nothing to take. If what is wrong is that a call still waits, no pending
 *       call has taken effect, and all those stay out {@linkplain Model#mayWaitBehind behind} which
 *       nobody waits.
 * </ul>
 *
 * A history that is violated without them is violated with them.
 *
 * <h2>Cost</h2>
 *
 * To decide linearizability is NP-complete (Gibbons and Korach, Testing shared memories, SIAM J.
 * Comput. 26(4), 1997), so some histories are out of reach, above all those in which many calls
 * overlap. Memory grows with the number of configurations that are looked at, about 200 bytes for
 * each, for which there is a budget; if it, or the time, is spent, the verdict is {@link
 * Verdict.Kind#GAVE_UP}. To keep checks fast, use different values for different items, record
 * several short histories rather than a long one, and give independent objects different
 * {@linkplain HistoryRecorder#on keys}: each is checked alone.
 *
 * <p>Instances are immutable. They may be shared by threads if the model may be.
 *
 * @param <S> the states of the model
 */
public final class Linearizability<S> {
  private static final Duration DEFAULT_TIME = Duration.ofSeconds(10);
  private static final long DEFAULT_CONFIGURATIONS = 1_000_000;

  private final Model<S> model;
  private final Duration time;
  private final long configurations;
  private final boolean quiescent;
  private final Function<? super Operation, ? extends @Nullable Object> partition;

  private Linearizability(
      Model<S> model,
      Duration time,
      long configurations,
      boolean quiescent,
      Function<? super Operation, ? extends @Nullable Object> partition) {
    this.model = model;
    this.time = time;
    this.configurations = configurations;
    this.quiescent = quiescent;
    this.partition = partition;
  }

  /**
   * Returns a check against a model, with a budget of 10 seconds and a million configurations,
   * which looks at each {@linkplain Operation#key key} alone.
   *
   * @param model the model
   * @param <S> its states
   * @return the check
   */
  public static <S> Linearizability<S> of(Model<S> model) {
    return new Linearizability<>(
        requireNonNull(model, "model"), DEFAULT_TIME, DEFAULT_CONFIGURATIONS, false, call -> null);
  }

  /**
   * Returns this check with another limit in time, for all of it: the search and the making of the
   * counter-example, which is larger than need be if the time is over, and may not know the
   * culprit.
   *
   * @param time the limit, more than 0; a single step of the model is not cut short
   * @return the check
   * @throws IllegalArgumentException if it is not positive
   */
  public Linearizability<S> budget(Duration time) {
    if (time.isZero() || time.isNegative()) {
      throw new IllegalArgumentException("time: " + time);
    }
    return new Linearizability<>(model, time, configurations, quiescent, partition);
  }

  /**
   * Returns this check with another limit to the configurations it keeps at a time, and so to its
   * memory.
   *
   * @param configurations the limit, at least 1
   * @return the check
   * @throws IllegalArgumentException if it is less than 1
   */
  public Linearizability<S> configurations(long configurations) {
    if (configurations < 1) {
      throw new IllegalArgumentException("configurations: " + configurations);
    }
    return new Linearizability<>(model, time, configurations, quiescent, partition);
  }

  /**
   * Returns this check for histories at the end of which nothing moves any more: every thread has
   * ended, is between two calls and will not make another one, or is blocked, and nobody outside
   * will wake it. Then each pending call must be one that has to wait: it has not taken effect, and
   * in the final state the model blocks it, or lets it do nothing but {@linkplain
   * Transition#timingOut time out}; or it {@linkplain Model#mayWaitBehind may wait behind} another
   * one of which that is true. A pending call that could go on has missed its wake-up, which is a
   * violation.
   *
   * <p>To know that nothing moves is up to the caller, and it is the whole proof: a thread that is
   * only slow to wake looks the same as one that never will. Wait until the calls that should end
   * have ended, and for those that do not, much longer than any scheduling delay.
   *
   * @return the check
   */
  public Linearizability<S> quiescent() {
    return new Linearizability<>(model, time, configurations, true, partition);
  }

  /**
   * Returns this check for a model that consists of independent parts, like a map of its keys. The
   * calls of each part are checked alone, with the same model.
   *
   * <p>The parts are those of each object: calls with different {@linkplain HistoryRecorder#on
   * keys} are in different parts, whatever is said here.
   *
   * @param part tells which part of its object a call is about; parts are the same if they are
   *     equal
   * @return the check
   */
  public Linearizability<S> partitionedBy(
      Function<? super Operation, ? extends @Nullable Object> part) {
    return new Linearizability<>(
        model, time, configurations, quiescent, requireNonNull(part, "part"));
  }

  /**
   * Checks a history. If this thread is interrupted, the check gives up and leaves the mark set;
   * once it knows that the history is violated, it gives up only to find out more of that.
   *
   * @param history the history
   * @return the verdict
   * @throws IllegalArgumentException if the model does not know one of the operations, whatever
   *     became of it
   */
  public Verdict check(History history) {
    Budget budget = new Budget(time, configurations);
    for (Operation call : history.operations()) {
      model.requireKnown(call.wasInterrupted() ? call.withoutEnd() : call);
    }
    List<Effect> effects = new ArrayList<>();
    try {
      budget.look();
      for (List<Operation> operations : parts(history)) {
        Part<S> part = new Part<>(model, operations);
        Timeline timeline = part.timeline();
        Findings<S> findings = part.search(timeline, budget, quiescent);
        if (!findings.linearizable()) {
          Counterexample example =
              new Minimizer<>(model, budget, quiescent).minimize(part, timeline, findings);
          return Verdict.violated(example, budget.spent(), budget.elapsed());
        }
        for (Moment moment : findings.moments()) {
          int time = part.operation(timeline.returning(moment.before())).end();
          effects.add(new Effect(time, part.operation(moment.call())));
        }
      }
    } catch (ExhaustedException exhausted) {
      return Verdict.gaveUp(exhausted.why(), budget.spent(), budget.elapsed());
    }
    // Each part has its own returns, so that all calls with the same time are of one part.
    effects.sort(Comparator.comparingInt(Effect::time));
    return Verdict.holds(
        effects.stream().map(Effect::operation).toList(), budget.spent(), budget.elapsed());
  }

  /** A call takes effect just before some call returns. */
  private record Effect(int time, Operation operation) {}

  /** Which object a call is of, and which part of it. */
  private record PartKey(@Nullable Object object, @Nullable Object part) {}

  /** Returns the calls of each part, small parts first: a violation there is found cheaply. */
  private List<List<Operation>> parts(History history) {
    Map<PartKey, List<Operation>> parts = new LinkedHashMap<>();
    for (Operation operation : history.operations()) {
      PartKey key = new PartKey(operation.key(), partition.apply(operation));
      parts.computeIfAbsent(key, k -> new ArrayList<>()).add(operation);
    }
    return parts.values().stream().sorted(Comparator.comparingInt(List::size)).toList();
  }
}
