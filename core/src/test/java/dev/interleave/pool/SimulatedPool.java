// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * A pool on a machine that is simulated, event by event: threads that take tasks from one queue,
 * compute on processors that they share, and wait for something that is always there, or of which
 * there is only so much. Deterministic: time passes in {@link #run} only.
 */
final class SimulatedPool implements AdaptiveSizing.Target {
  /**
   * What tasks do.
   *
   * @param compute seconds of processor
   * @param block seconds of waiting, before that
   * @param places how many may wait at once, as connections do; others stand in line
   * @param spread how far each task may be from that, as a share
   */
  record Work(double compute, double block, int places, double spread) {}

  /** How tasks come. */
  interface Arrivals {
    /** When the next one comes, in seconds; infinite for a queue that is never empty. */
    double next(double now);
  }

  /** There is always one more. */
  static final Arrivals BACKLOG = now -> Double.POSITIVE_INFINITY;

  private static final double EPSILON = 1e-12;

  /** What one thread has to do still. */
  private static final class Run {
    double block;
    double compute;
    boolean inPlace;
    final double began;

    Run(double block, double compute, double began) {
      this.block = block;
      this.compute = compute;
      this.began = began;
    }
  }

  private final int processors;

  /** What each thread that computes beyond the processors costs all of them, as a share. */
  private final double contention;

  private final Random random;
  private final Deque<Double> queue = new ArrayDeque<>();
  private final List<Run> runs = new ArrayList<>();
  private Work work;
  private Arrivals arrivals;
  private double nextArrival;
  private double now;
  private int size;
  private long completed;
  private double busyOfEnded;
  private double waited;
  boolean closed;
  int resizes;

  SimulatedPool(int processors, double contention, int size, Work work, Arrivals come, long seed) {
    this.processors = processors;
    this.contention = contention;
    this.size = size;
    this.work = work;
    random = new Random(seed);
    arrivals = come;
    nextArrival = come.next(0);
  }

  /** Another load from now on; what waits is of it, too. */
  void change(Work other, Arrivals come) {
    work = other;
    arrivals = come;
    queue.clear();
    nextArrival = come.next(now);
  }

  long completed() {
    return completed;
  }

  double now() {
    return now;
  }

  long nanoTime() {
    return Math.round(now * 1e9);
  }

  @Override
  public String name() {
    return "simulated";
  }

  @Override
  public AdaptiveSizing.Load load() {
    double busy = busyOfEnded + runs.stream().mapToDouble(run -> now - run.began).sum();
    return new AdaptiveSizing.Load(
        size,
        Math.max(size, runs.size()),
        isBacklog() ? size : queue.size(),
        completed,
        Math.round(busy * 1e9),
        Math.round(waited * 1e9),
        closed);
  }

  @Override
  public void resize(int threads) {
    if (closed) {
      throw new IllegalStateException("simulated is closed");
    }
    size = threads;
    resizes++;
  }

  private boolean isBacklog() {
    return nextArrival == Double.POSITIVE_INFINITY;
  }

  /** Lets time pass. */
  void run(double seconds) {
    double end = now + seconds;
    while (now < end) {
      begin();
      double step = Math.min(end, nextArrival) - now;
      double speed = speed();
      for (Run run : runs) {
        if (run.inPlace) {
          step = Math.min(step, run.block);
        } else if (run.block == 0) {
          step = Math.min(step, run.compute / speed);
        }
      }
      pass(Math.max(step, 0), speed);
      if (now + EPSILON >= nextArrival) {
        queue.add(now);
        nextArrival = arrivals.next(now);
      }
    }
  }

  /** Gives tasks to threads, and places to tasks. */
  private void begin() {
    while (runs.size() < size && (isBacklog() || !queue.isEmpty())) {
      waited += isBacklog() ? 0 : now - queue.remove();
      double factor = 1 + work.spread * (2 * random.nextDouble() - 1);
      runs.add(new Run(work.block * factor, work.compute * factor, now));
    }
    int places = work.places;
    for (Run run : runs) {
      places -= run.inPlace ? 1 : 0;
    }
    for (Run run : runs) {
      if (places > 0 && run.block > 0 && !run.inPlace) {
        run.inPlace = true;
        places--;
      }
    }
  }

  private double speed() {
    int computing = 0;
    for (Run run : runs) {
      computing += run.block == 0 ? 1 : 0;
    }
    double lost = 1 + contention * Math.max(0, computing - processors);
    return computing == 0 ? 1 : Math.min(1, (double) processors / computing) / lost;
  }

  private void pass(double step, double speed) {
    now += step;
    for (Run run : runs) {
      if (run.inPlace) {
        run.block = rest(run.block - step);
        run.inPlace = run.block > 0;
      } else if (run.block == 0) {
        run.compute = rest(run.compute - step * speed);
      }
    }
    runs.removeIf(this::isOver);
  }

  private static double rest(double seconds) {
    return seconds < EPSILON ? 0 : seconds;
  }

  private boolean isOver(Run run) {
    if (run.block > 0 || run.compute > 0) {
      return false;
    }
    completed++;
    busyOfEnded += now - run.began;
    return true;
  }
}
