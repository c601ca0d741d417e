// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.util.Locale;
import java.util.OptionalInt;

/**
 * Decides how many threads a pool should have, from what it got done with how many: the control law
 * of {@link AdaptiveSizing}, without clock, thread or pool, so that it can be tried on any
 * workload.
 *
 * <h2>The law</h2>
 *
 * <ul>
 *   <li><b>Nothing happens:</b> then nothing can be learned, and nothing is changed.
 *   <li><b>Nobody waits:</b> more threads cannot get more done. If less than half of them were busy
 *       in some samples in a row, those that were not go, at most half at a time. Each time tasks
 *       wait again soon after that, it takes twice as many such samples.
 *   <li><b>Tasks wait although threads are idle most of the time:</b> they come in bursts. If they
 *       wait longer than they run, there is a step more, and back if that does not help ({@link
 *       BurstSteps}).
 *   <li><b>Tasks wait, and all threads are busy:</b> only then the number of tasks done says what
 *       so many threads can do. It looks for the smallest size that does about as much as the best
 *       one ({@link SizeSearch}), and holds it.
 *   <li><b>Holding:</b> after a number of samples, which doubles each time nothing came of it, or
 *       when tasks wait twice as long as before, it tries one step up, the next time one step down,
 *       an eighth of the size or 1. A step up has to do more than the noise, twice. A step down has
 *       to do about as much, twice, and so have all steps down together. One that was measured to
 *       do less is known, and only looked at again when it has held for long: on two processors
 *       that step halves what gets done while it is tried. If throughput changes by itself, twice
 *       in a row, the load is another one, and it searches anew.
 * </ul>
 *
 * <p>So it converges in a bounded number of decisions, and then leaves its size by one step, for
 * one sample or two, ever less often. It is the hill climbing of .NET's thread pool (Hellerstein,
 * Morrison and Eilebrecht, <i>Applying control theory in the real world</i>, SIGMETRICS Performance
 * Evaluation Review 37(3), 2009), with a search in the place of a Fourier component: samples are
 * few here, and each size can be held exactly. Theirs has no preference for the smaller size.
 *
 * <h2>What else was tried</h2>
 *
 * <p>Tasks that compute, on two processors, four runs of each law in turn; the throughput of twenty
 * decisions after the first thirty, as a share of that of eight threads, median and least:
 *
 * <ul>
 *   <li>steps down that are known to do less are tried all the same: 0.99, 0.95;
 *   <li>not tried while the process uses more than nine tenths of the processors, and would have no
 *       more threads than these: 0.99, 0.95;
 *   <li>one step more is held than the search has found, as a thread to spare: 0.95, 0.93, since it
 *       comes down later, and tries what is below then;
 *   <li>the size that did most is held, not the smallest that did about as much: 1.00, 0.99, with 3
 *       to 8 threads where 2 do;
 *   <li>this one: 1.00, 0.98.
 * </ul>
 *
 * <p>Not thread-safe.
 */
final class SizingLaw {
  private static final double NOISE = SizeSearch.NOISE;

  /** Throughput that changes by this share without a change of size: the load is another one. */
  private static final double OTHER_LOAD = 0.25;

  /** Nobody waits if there are fewer waiting tasks than this share of those that run. */
  private static final double NOBODY = 0.1;

  /** All are busy if no fewer than this share are. */
  private static final double ALL_BUSY = 0.9;

  private static final int IDLE_SAMPLES = 3;
  private static final int FIRST_HOLD = 8;
  private static final int LONGEST_HOLD = 128;

  /** Growth is soon after threads went if it is within so many times the samples that took. */
  private static final int SOON = 4;

  private static final int LONG_AGO = SOON * LONGEST_HOLD;

  /**
   * What a pool did since the last decision.
   *
   * @param perSecond tasks completed per second
   * @param busy how many threads were running a task, on average
   * @param waiting how many tasks waited for a thread, on average
   */
  record Sample(double perSecond, double busy, double waiting) {
    boolean isSound() {
      return isCount(perSecond) && isCount(busy) && isCount(waiting);
    }

    private static boolean isCount(double value) {
      return value >= 0 && value < Double.POSITIVE_INFINITY;
    }

    boolean isIdle() {
      return perSecond == 0 && busy == 0 && waiting == 0;
    }

    /** How long a task waits, in seconds, by Little's law. */
    double waitSeconds() {
      return waiting / perSecond;
    }

    /** How long a task takes, its wait included, in seconds. */
    double responseSeconds() {
      return (busy + waiting) / perSecond;
    }
  }

  /**
   * What is to be done.
   *
   * @param size how many threads from now on
   * @param reason why, in words
   */
  record Decision(int size, String reason) {}

  private enum State {
    SEARCHING,
    HOLDING,
    TRYING_MORE,
    TRYING_FEWER
  }

  private final int min;
  private final int max;
  private final BurstSteps bursts;

  private State state = State.SEARCHING;
  private SizeSearch search;
  private int size;

  /** The size that is held, and what it does. */
  private int base;

  private double baseRate;

  /** How long tasks waited when they were last looked at for that; NaN if they were not. */
  private double baseWait = Double.NaN;

  /** What the steps down have cost since the last search, as a share. */
  private double lost;

  /** What the size that is tried did the first time; NaN before. */
  private double firstTrial = Double.NaN;

  private boolean fewerNext;

  /** What throughput has become by itself, if that was seen once; else NaN. */
  private double otherRate = Double.NaN;

  private int hold;
  private int holdFor = FIRST_HOLD;

  /** Samples in a row in which too few were busy, and how many it takes. */
  private int idle;

  private int idleFor = IDLE_SAMPLES;

  /** Samples since threads went because they were idle; as if long ago if none did. */
  private int sinceShrunk = LONG_AGO;

  /** Samples in a row that said nothing about what the size can do. */
  private int quiet;

  /**
   * Begins with some size.
   *
   * @param min at least 1
   * @param max at least {@code min}
   */
  SizingLaw(int min, int max, int size) {
    this.min = min;
    this.max = max;
    this.size = Math.clamp(size, min, max);
    base = this.size;
    search = new SizeSearch(min, max);
    bursts = new BurstSteps(max);
  }

  int size() {
    return size;
  }

  /** Decides, once for each sample. */
  Decision decide(Sample sample) {
    if (!sample.isSound()) {
      return stay("what was measured makes no sense: " + sample);
    }
    if (sample.isIdle()) {
      return stay("nothing to do");
    }
    sinceShrunk = Math.min(sinceShrunk + 1, LONG_AGO);
    quiet = Math.min(quiet + 1, LONGEST_HOLD);
    if (sample.waiting < NOBODY * sample.busy || sample.waiting == 0) {
      return nobodyWaits(sample);
    }
    idle = 0;
    if (!(sample.perSecond > 0)) {
      return stay("nothing was completed");
    }
    return sample.busy < ALL_BUSY * size ? burst(sample) : full(sample);
  }

  // ------------------------------------------------------------------ not all are busy

  private Decision nobodyWaits(Sample sample) {
    String back = endTrial();
    idle = sample.busy < size / 2.0 ? idle + 1 : 0;
    int needed = Math.max((int) Math.ceil(sample.busy * 1.25), (size + 1) / 2);
    int fewer = Math.max(min, needed);
    if (idle < idleFor || fewer >= size) {
      return stay("nobody waits" + back);
    }
    String reason =
        String.format(Locale.ROOT, "only %.1f of %d threads were busy", sample.busy, size);
    sinceShrunk = 0;
    bursts.reset();
    return startAt(fewer, reason);
  }

  private Decision burst(Sample sample) {
    String back = endTrial();
    Decision decision = bursts.decide(size, sample);
    if (decision.size != size) {
      noteGrowth(decision.size);
      return startAt(decision.size, decision.reason);
    }
    return stay(decision.reason + back);
  }

  /** Gives up a trial: what is measured now does not compare to what was. */
  private String endTrial() {
    if (state != State.TRYING_MORE && state != State.TRYING_FEWER) {
      return "";
    }
    return hold(", back to " + base).reason;
  }

  /** Goes to a size that no search has found. */
  private Decision startAt(int newSize, String reason) {
    idle = 0;
    startSearch();
    return go(newSize, reason);
  }

  private void noteGrowth(int newSize) {
    if (newSize > size) {
      boolean soon = sinceShrunk <= SOON * idleFor;
      idleFor = soon ? Math.min(2 * idleFor, LONGEST_HOLD) : IDLE_SAMPLES;
      sinceShrunk = LONG_AGO;
    }
  }

  // ------------------------------------------------------------------ all are busy

  private Decision full(Sample sample) {
    bursts.reset();
    if (state == State.SEARCHING && quiet == LONGEST_HOLD) {
      startSearch(); // what it had found out was long ago
    }
    quiet = 0;
    return switch (state) {
      case SEARCHING -> searching(sample.perSecond);
      case HOLDING -> holding(sample);
      case TRYING_MORE -> triedMore(sample.perSecond);
      case TRYING_FEWER -> triedFewer(sample.perSecond);
    };
  }

  private void startSearch() {
    state = State.SEARCHING;
    search = new SizeSearch(min, max);
    lost = 0;
    holdFor = FIRST_HOLD;
  }

  private Decision searching(double rate) {
    search.measured(size, rate);
    String did = size + " did " + text(rate);
    OptionalInt next = search.next();
    if (next.isPresent()) {
      noteGrowth(next.getAsInt());
      return go(next.getAsInt(), did + ", trying " + next.getAsInt());
    }
    base = search.foot();
    baseRate = search.rate(base);
    return hold(did + ", " + base + " did about as much as the best, " + text(search.best()));
  }

  private Decision hold(String reason) {
    state = State.HOLDING;
    hold = holdFor;
    otherRate = Double.NaN;
    baseWait = Double.NaN;
    return go(base, reason);
  }

  private Decision holding(Sample sample) {
    double rate = sample.perSecond;
    if (!isAlike(rate, baseRate)) {
      if (isAlike(rate, otherRate)) {
        String reason =
            "throughput went from " + text(baseRate) + " to " + text(rate) + " by itself";
        startSearch();
        Decision decision = searching(rate);
        return new Decision(decision.size, reason + ", searching anew");
      }
      otherRate = rate;
      return stay("looking once more at " + text(rate));
    }
    otherRate = Double.NaN;
    baseRate += (rate - baseRate) / 4;
    boolean longer = sample.waitSeconds() > 2 * baseWait;
    baseWait = Double.isNaN(baseWait) || longer ? sample.waitSeconds() : baseWait;
    if (--hold > 0 && !longer) {
      return stay("holding at " + text(baseRate));
    }
    int more = (int) Math.min((long) base + SizeSearch.unit(base), max);
    if (more == base || (fewerNext && !longer)) {
      return tryFewer();
    }
    return attempt(
        State.TRYING_MORE, more, (longer ? "tasks wait longer, " : "") + "trying one step more");
  }

  private static boolean isAlike(double rate, double other) {
    return Math.abs(rate - other) <= OTHER_LOAD * other;
  }

  private Decision tryFewer() {
    int fewer = Math.max(base - SizeSearch.unit(base), min);
    if (fewer == base) {
      return rest("no step is allowed, holding at " + text(baseRate));
    }
    if (holdFor < LONGEST_HOLD && search.isLess(fewer)) {
      fewerNext = false;
      String known = fewer + " did " + text(search.rate(fewer));
      return rest(known + " before, which is less, holding at " + text(baseRate));
    }
    return attempt(State.TRYING_FEWER, fewer, "trying one step fewer");
  }

  private Decision attempt(State what, int trial, String reason) {
    state = what;
    firstTrial = Double.NaN;
    return go(trial, reason);
  }

  private Decision triedMore(double rate) {
    if (rate <= baseRate * (1 + NOISE)) {
      fewerNext = true;
      return hold(compared(rate) + ", which is no more");
    }
    if (Double.isNaN(firstTrial)) {
      return lookAgain(rate);
    }
    double gained = (firstTrial + rate) / 2;
    lost = Math.max(0, lost - (gained / baseRate - 1));
    Decision decision = keep(gained, compared(rate) + ", which is more");
    holdFor = FIRST_HOLD;
    hold = 1; // and another step, soon
    return decision;
  }

  private Decision triedFewer(double rate) {
    double mean = Double.isNaN(firstTrial) ? rate : (firstTrial + rate) / 2;
    double loss = 1 - mean / baseRate;
    fewerNext = false;
    if (lost + loss > SizeSearch.ENOUGH) {
      search.measured(size, mean);
      return rest(compared(mean) + ", which is less");
    }
    if (Double.isNaN(firstTrial)) {
      return lookAgain(rate);
    }
    lost = Math.max(0, lost + loss);
    fewerNext = true;
    return keep(mean, compared(mean) + ", which is enough");
  }

  private Decision lookAgain(double rate) {
    firstTrial = rate;
    return stay(compared(rate) + ", looking once more");
  }

  /** Holds the size that was tried. */
  private Decision keep(double rate, String reason) {
    base = size;
    baseRate = rate;
    return hold(reason);
  }

  private Decision rest(String reason) {
    holdFor = Math.min(2 * holdFor, LONGEST_HOLD);
    return hold(reason);
  }

  private String compared(double rate) {
    return size + " did " + text(rate) + ", " + base + " did " + text(baseRate);
  }

  private Decision stay(String reason) {
    return new Decision(size, reason);
  }

  private Decision go(int newSize, String reason) {
    size = newSize;
    return new Decision(newSize, reason);
  }

  private static String text(double rate) {
    return String.format(Locale.ROOT, rate < 100 ? "%.3g/s" : "%,.0f/s", rate);
  }
}
