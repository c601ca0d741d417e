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
 *   <li><b>Nobody waits:</b> then more threads cannot get more done. If less than half of them were
 *       busy in some samples in a row, those that were not go, at most half at a time.
 *   <li><b>Tasks wait:</b> it looks for the smallest size that does about as much as the best one
 *       ({@link SizeSearch}), and holds it.
 *   <li><b>Holding:</b> after a number of samples, which doubles each time nothing came of it, it
 *       tries one step up and one step down, an eighth of the size or 1. A step up has to do more
 *       than the noise, twice. A step down has to do about as much, and so have all steps down
 *       together. If throughput changes by itself, twice in a row, the load is another one, and it
 *       searches anew.
 * </ul>
 *
 * <p>So it converges in a bounded number of decisions, and then leaves its size by one step, for
 * one sample or two, ever less often. It is the hill climbing of .NET's thread pool (Hellerstein,
 * Morrison and Eilebrecht, <i>Applying control theory in the real world</i>, SIGMETRICS Performance
 * Evaluation Review 37(3), 2009), with a search in the place of a Fourier component: samples are
 * few here, and each size can be held exactly. Theirs has no preference for the smaller size.
 *
 * <p>Not thread-safe.
 */
final class SizingLaw {
  private static final double NOISE = SizeSearch.NOISE;

  /** Throughput that changes by this share without a change of size: the load is another one. */
  private static final double OTHER_LOAD = 0.25;

  private static final int IDLE_SAMPLES = 3;
  private static final int FIRST_HOLD = 8;
  private static final int LONGEST_HOLD = 128;

  /**
   * What a pool did since the last decision.
   *
   * @param perSecond tasks completed per second
   * @param busy how many threads were running a task, on average
   * @param waiting whether tasks had to wait for a thread
   */
  record Sample(double perSecond, double busy, boolean waiting) {}

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
    /** One step up, once and, if it does more, once more. */
    TRYING_MORE,
    TRYING_FEWER
  }

  private final int min;
  private final int max;

  private State state = State.SEARCHING;
  private SizeSearch search;
  private int size;

  /** The size that is held, and what it does. */
  private int base;

  private double baseRate;

  /** What the steps down have cost since the last search, as a share. */
  private double lost;

  private double firstTrial = Double.NaN;
  private int others;
  private int hold;
  private int holdFor = FIRST_HOLD;
  private int idle;

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
  }

  int size() {
    return size;
  }

  /** Decides, once for each sample. */
  Decision decide(Sample sample) {
    if (!sample.waiting || !(sample.perSecond > 0)) {
      return nobodyWaits(sample);
    }
    idle = 0;
    return switch (state) {
      case SEARCHING -> searching(sample.perSecond);
      case HOLDING -> holding(sample.perSecond);
      case TRYING_MORE -> triedMore(sample.perSecond);
      case TRYING_FEWER -> triedFewer(sample.perSecond);
    };
  }

  private Decision nobodyWaits(Sample sample) {
    startSearch();
    idle = sample.busy < size / 2.0 ? idle + 1 : 0;
    if (idle < IDLE_SAMPLES || size == min) {
      return go(size, sample.waiting ? "nothing was completed" : "nobody waits");
    }
    idle = 0;
    int needed = (int) Math.ceil(sample.busy * 1.25);
    return go(
        Math.max(min, Math.max(needed, size / 2)),
        String.format(Locale.ROOT, "only %.1f of %d threads were busy", sample.busy, size));
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
      return go(next.getAsInt(), did + ", trying " + next.getAsInt());
    }
    base = search.foot();
    baseRate = search.rate(base);
    return hold(did + ", " + base + " did about as much as the best, " + text(search.best()));
  }

  private Decision hold(String reason) {
    state = State.HOLDING;
    hold = holdFor;
    others = 0;
    return go(base, reason);
  }

  private Decision holding(double rate) {
    if (Math.abs(rate - baseRate) > OTHER_LOAD * baseRate) {
      if (++others == 2) {
        String reason =
            "throughput went from " + text(baseRate) + " to " + text(rate) + " by itself";
        startSearch();
        Decision decision = searching(rate);
        return new Decision(decision.size, reason + ", searching anew");
      }
      return go(size, "looking once more at " + text(rate));
    }
    others = 0;
    baseRate += (rate - baseRate) / 4;
    if (--hold > 0) {
      return go(size, "holding at " + text(baseRate));
    }
    int more = (int) Math.min((long) base + SizeSearch.unit(base), max);
    if (more == base) {
      return tryFewer("no more allowed");
    }
    state = State.TRYING_MORE;
    firstTrial = Double.NaN;
    return go(more, "trying one step more");
  }

  private Decision triedMore(double rate) {
    if (rate <= baseRate * (1 + NOISE)) {
      return tryFewer(compared(rate) + ", which is no more");
    }
    if (Double.isNaN(firstTrial)) {
      firstTrial = rate;
      return go(size, compared(rate) + ", looking once more");
    }
    double gained = (firstTrial + rate) / 2;
    lost = Math.max(0, lost - (gained / baseRate - 1));
    String reason = compared(rate) + ", which is more";
    base = size;
    baseRate = gained;
    holdFor = FIRST_HOLD;
    hold(reason);
    hold = 1; // and another step, soon
    return go(base, reason);
  }

  private Decision tryFewer(String reason) {
    int fewer = Math.max(base - SizeSearch.unit(base), min);
    if (fewer == base) {
      return rest(reason);
    }
    state = State.TRYING_FEWER;
    return go(fewer, reason + ", trying one step fewer");
  }

  private Decision triedFewer(double rate) {
    String reason = compared(rate);
    double loss = 1 - rate / baseRate;
    if (lost + loss > SizeSearch.ENOUGH) {
      return rest(reason + ", which is less");
    }
    lost = Math.max(0, lost + loss);
    base = size;
    return hold(reason + ", which is enough");
  }

  private Decision rest(String reason) {
    holdFor = Math.min(2 * holdFor, LONGEST_HOLD);
    return hold(reason);
  }

  private String compared(double rate) {
    return size + " did " + text(rate) + ", " + base + " did " + text(baseRate);
  }

  private Decision go(int newSize, String reason) {
    size = newSize;
    return new Decision(newSize, reason);
  }

  private static String text(double rate) {
    return String.format(Locale.ROOT, "%.3g/s", rate);
  }
}
