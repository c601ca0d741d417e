// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.pool.SizingLaw.Decision;
import dev.interleave.pool.SizingLaw.Sample;
import java.util.Locale;

/**
 * One step more for tasks that come in bursts, as long as they wait longer than they run and a step
 * makes them take less time. How much is done says nothing then: as much as comes.
 *
 * <p>Compares two samples in which tasks waited with two before. A step that does not help is taken
 * back, and the pause until the next one doubles. Samples without waiting in between say nothing:
 * there was no burst. Not thread-safe.
 */
final class BurstSteps {
  private static final int SAMPLES = 2;
  private static final int FIRST_PAUSE = 8;
  private static final int LONGEST_PAUSE = 128;

  private final int max;
  private int seen;
  private double sum;

  /** The size before the step that is being looked at, and how long tasks took; 0 if none is. */
  private int from;

  private double before;
  private int pause;
  private int pauseFor = FIRST_PAUSE;

  BurstSteps(int max) {
    this.max = max;
  }

  /** What was seen does not compare to what comes. */
  void reset() {
    seen = 0;
    sum = 0;
    from = 0;
  }

  /** What size to go to, in the face of a burst. */
  Decision decide(int size, Sample sample) {
    if (sample.waiting() <= sample.busy() && from == 0) {
      seen = 0;
      sum = 0;
      return new Decision(size, "tasks wait for less than they run, now and then");
    }
    if (pause > 0) {
      pause--;
      return new Decision(size, "tasks come in bursts, and more threads did not help");
    }
    sum += sample.responseSeconds();
    if (++seen < SAMPLES) {
      return new Decision(size, "tasks come in bursts, looking once more");
    }
    double now = sum / SAMPLES;
    seen = 0;
    sum = 0;
    return from == 0 ? more(size, now, sample) : judge(size, now);
  }

  private Decision more(int size, double now, Sample sample) {
    int more = (int) Math.min((long) size + SizeSearch.unit(size), max);
    if (more == size) {
      return new Decision(size, "tasks come in bursts, no more allowed");
    }
    from = size;
    before = now;
    return new Decision(
        more,
        String.format(
            Locale.ROOT,
            "%.1f tasks wait while %.1f of %d threads are busy, trying one step more",
            sample.waiting(),
            sample.busy(),
            size));
  }

  private Decision judge(int size, double now) {
    String took = String.format(Locale.ROOT, "tasks took %.3g s, before %.3g s", now, before);
    int back = from;
    from = 0;
    if (now <= before * (1 - SizeSearch.NOISE)) {
      pauseFor = FIRST_PAUSE;
      return new Decision(size, took + ", which is less");
    }
    pause = pauseFor;
    pauseFor = Math.min(2 * pauseFor, LONGEST_PAUSE);
    return new Decision(back, took + ", which is no less: one step back");
  }
}
