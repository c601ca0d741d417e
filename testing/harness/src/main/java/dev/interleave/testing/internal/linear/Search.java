// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal.linear;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a linearization: one moment for each call, between its beginning and its end, such that
 * the model allows the calls in the order of their moments.
 *
 * <p>This is Lowe's just-in-time linearization (Testing for linearizability, Concurrency and
 * Computation 29(4), 2017), with the cache of configurations that he added to the search of Wing
 * and Gong (Testing and verifying concurrent objects, JPDC 17, 1993). It walks from return to
 * return. A call that returns and has not taken effect yet must do so now, perhaps after others
 * that are open; no call takes effect earlier than that. This loses nothing: in any linearization,
 * moments can be moved to the right until each is just before the first return that needs it. So a
 * configuration is small, however long the history: the open calls that have taken effect, and the
 * state.
 *
 * <p>One exception: a call that never changes the state takes effect as soon as it can, for it is
 * in nobody's way.
 *
 * <p>The walk is depth-first. If it fails, it has been everywhere; so the furthest return that it
 * reached is the first one that cannot be explained, and the history up to that one is the shortest
 * beginning that has no linearization.
 *
 * @param <S> the states
 */
public final class Search<S> {
  private static final int NOWHERE = -1;

  private final Problem<S> problem;
  private final Timeline timeline;
  private final Budget budget;
  private final boolean quiescent;

  private final Set<Configuration<S>> seen = new HashSet<>();
  private final List<S> successors = new ArrayList<>();
  private final List<Configuration<S>> stops = new ArrayList<>();
  private int furthest = NOWHERE;
  private int mostEnds = Integer.MAX_VALUE;

  /**
   * Prepares a search.
   *
   * @param quiescent whether nothing moves any more after the last return: then a call that has not
   *     ended has not taken effect, and must have to wait in the final state
   */
  public Search(Problem<S> problem, Timeline timeline, Budget budget, boolean quiescent) {
    this.problem = problem;
    this.timeline = timeline;
    this.budget = budget;
    this.quiescent = quiescent;
  }

  /** Looks for a linearization. To be called once. */
  public Findings<S> run() throws ExhaustedException {
    List<Step<S>> found = search(true);
    return found.isEmpty()
        ? new Findings<>(List.of(), furthest, stops.stream().map(this::stop).toList())
        : new Findings<>(moments(found), NOWHERE, List.of());
  }

  /**
   * Looks for all the ways to get past the last return, and on from there: whatever has not ended
   * may have taken effect. To be called once, instead; not for a quiescent history.
   *
   * @param most gives up if there are more
   */
  public List<Findings.Stop<S>> ends(int most) throws ExhaustedException {
    mostEnds = most;
    search(false);
    return furthest < timeline.returnCount() ? List.of() : stops.stream().map(this::stop).toList();
  }

  /** Goes all ways, or the first one that leads to the goal; returns that one, if any. */
  private List<Step<S>> search(boolean untilFound) throws ExhaustedException {
    List<Step<S>> path = new ArrayList<>();
    long[] none = new long[words()];
    path.add(new Step<>(-1, admit(settle(0, none, problem.initial(), null))));
    while (!path.isEmpty()) {
      budget.step();
      Step<S> step = path.getLast();
      if (untilFound && isGoal(step.to)) {
        return path;
      }
      if (!advance(step, path)) {
        path.removeLast();
      }
    }
    return path;
  }

  /** One call that took effect, where that led to, and which way to try next from there. */
  private static final class Step<S> {
    final int call;
    final Configuration<S> to;
    int candidate;
    int alternative;

    Step(int call, Configuration<S> to) {
      this.call = call;
      this.to = to;
    }
  }

  /** Goes on from a configuration to the next one not seen before, if there is any. */
  private boolean advance(Step<S> step, List<Step<S>> path) throws ExhaustedException {
    Configuration<S> from = step.to;
    int candidates = timeline.candidates(from.at, !quiescent);
    while (step.candidate < candidates) {
      int call = timeline.candidate(from.at, step.candidate);
      if (!mayBeNext(call, from, candidates)) {
        step.candidate++;
        continue;
      }
      successors.clear();
      problem.successors(from.state, call, successors);
      if (step.alternative >= successors.size()) {
        step.candidate++;
        step.alternative = 0;
        continue;
      }
      S state = successors.get(step.alternative);
      if (step.alternative + 1 < successors.size()) {
        step.alternative++;
      } else {
        step.candidate++;
        step.alternative = 0;
      }
      long[] done = from.done.clone();
      set(done, timeline.slot(call));
      Configuration<S> to = settle(from.at, done, state, null);
      if (!seen.contains(to)) {
        path.add(new Step<>(call, admit(to)));
        return true;
      }
    }
    return false;
  }

  private boolean mayBeNext(int call, Configuration<S> from, int candidates) {
    if (from.isDone(timeline.slot(call))) {
      return false;
    }
    int twin = timeline.twin(call);
    if (twin >= 0 && !from.isDone(timeline.slot(twin))) {
      return false;
    }
    if (!timeline.isOrdered(call)) {
      return true;
    }
    if (timeline.mustWaitForLater(from.at, call)) {
      return false;
    }
    for (int i = 0; i < candidates; i++) {
      int other = timeline.candidate(from.at, i);
      if (timeline.mustComeFirst(other, call) && !from.isDone(timeline.slot(other))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Lets readers take effect that can, and passes the returns of all calls that have taken effect.
   *
   * @param done the calls that have; changed
   * @param log gets each reader and the return it takes effect at, unless null
   */
  private Configuration<S> settle(int at, long[] done, S state, @Nullable List<Moment> log) {
    int now = at;
    while (now < timeline.returnCount()) {
      for (int reader : timeline.readers(now)) {
        int slot = timeline.slot(reader);
        if (!isSet(done, slot)) {
          successors.clear();
          problem.successors(state, reader, successors);
          if (!successors.isEmpty()) {
            set(done, slot);
            if (log != null) {
              log.add(new Moment(reader, now));
            }
          }
        }
      }
      int slot = timeline.slot(timeline.returning(now));
      if (!isSet(done, slot)) {
        break;
      }
      done[slot >>> 6] &= ~(1L << slot);
      now++;
    }
    return new Configuration<>(now, done, state);
  }

  private Configuration<S> admit(Configuration<S> configuration) throws ExhaustedException {
    budget.spend(seen.size());
    seen.add(configuration);
    if (configuration.at > furthest) {
      furthest = configuration.at;
      stops.clear();
    }
    if (configuration.at == furthest) {
      stops.add(configuration);
      if (furthest == timeline.returnCount() && stops.size() > mostEnds) {
        throw new ExhaustedException("the calls can have gone more than " + mostEnds + " ways");
      }
    }
    return configuration;
  }

  private boolean isGoal(Configuration<S> configuration) {
    return configuration.at == timeline.returnCount()
        && (!quiescent || nobodyIsStuck(configuration.state));
  }

  private boolean nobodyIsStuck(S state) {
    for (int call : timeline.pending()) {
      if (!problem.waits(state, call)) {
        return false;
      }
    }
    return true;
  }

  /** Goes the path again, for the moments of the readers on it. */
  private List<Moment> moments(List<Step<S>> path) {
    List<Moment> moments = new ArrayList<>();
    Configuration<S> from = settle(0, new long[words()], problem.initial(), moments);
    for (Step<S> step : path.subList(1, path.size())) {
      moments.add(new Moment(step.call, from.at));
      long[] done = from.done.clone();
      set(done, timeline.slot(step.call));
      from = settle(from.at, done, step.to.state, moments);
    }
    return moments;
  }

  private Findings.Stop<S> stop(Configuration<S> configuration) {
    List<Integer> done = new ArrayList<>();
    for (int call : timeline.openBefore(configuration.at)) {
      if (configuration.isDone(timeline.slot(call))) {
        done.add(call);
      }
    }
    return new Findings.Stop<>(configuration.state, done);
  }

  private int words() {
    return (timeline.slots() + 63) >>> 6;
  }

  private static boolean isSet(long[] bits, int slot) {
    return (bits[slot >>> 6] & (1L << slot)) != 0;
  }

  private static void set(long[] bits, int slot) {
    bits[slot >>> 6] |= 1L << slot;
  }
}
