// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static java.util.Comparator.comparingDouble;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.stream.Stream;

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

  private static final double EPSILON = 1e-9;

  /** One task on its thread. */
  private static final class Run {
    final double block;
    final double compute;
    final double began;

    /** When it has waited. */
    double blockedUntil;

    /** What {@link SimulatedPool#share} is when it has computed. */
    double computedAt;

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

  /** Those that wait for a place, in line. */
  private final Deque<Run> inLine = new ArrayDeque<>();

  /** Those in a place, the first to leave it first. */
  private final Queue<Run> inPlace = new PriorityQueue<>(comparingDouble(run -> run.blockedUntil));

  /** Those that compute, the first to have done first: they all go equally fast. */
  private final Queue<Run> computing = new PriorityQueue<>(comparingDouble(run -> run.computedAt));

  /** How long each task would have computed that had done so all the time. */
  private double share;

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
    double busy =
        Stream.of(inLine, inPlace, computing)
            .flatMap(Collection::stream)
            .mapToDouble(run -> now - run.began)
            .reduce(busyOfEnded, Double::sum);
    return new AdaptiveSizing.Load(
        size,
        Math.max(size, live()),
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

  private int live() {
    return inLine.size() + inPlace.size() + computing.size();
  }

  /** Lets time pass. */
  void run(double seconds) {
    double end = now + seconds;
    while (now < end) {
      begin();
      double speed = speed();
      double next = Math.min(end, nextArrival);
      if (!inPlace.isEmpty()) {
        next = Math.min(next, inPlace.element().blockedUntil);
      }
      if (!computing.isEmpty()) {
        next = Math.min(next, now + (computing.element().computedAt - share) / speed);
      }
      share += Math.max(next - now, 0) * speed;
      now = Math.max(next, now);
      go();
      if (now + EPSILON >= nextArrival) {
        queue.add(now);
        nextArrival = arrivals.next(now);
      }
    }
  }

  /** Gives tasks to threads, and places to tasks. */
  private void begin() {
    while (live() < size && (isBacklog() || !queue.isEmpty())) {
      waited += isBacklog() ? 0 : now - queue.remove();
      double factor = 1 + work.spread * (2 * random.nextDouble() - 1);
      Run run = new Run(work.block * factor, work.compute * factor, now);
      if (run.block > 0) {
        inLine.add(run);
      } else {
        compute(run);
      }
    }
    while (inPlace.size() < work.places && !inLine.isEmpty()) {
      Run run = inLine.remove();
      run.blockedUntil = now + run.block;
      inPlace.add(run);
    }
  }

  private void compute(Run run) {
    run.computedAt = share + run.compute;
    computing.add(run);
  }

  private double speed() {
    int many = computing.size();
    double lost = 1 + contention * Math.max(0, many - processors);
    return many == 0 ? 1 : Math.min(1, (double) processors / many) / lost;
  }

  /** What is over at this moment. */
  private void go() {
    while (!inPlace.isEmpty() && inPlace.element().blockedUntil <= now + EPSILON) {
      compute(inPlace.remove());
    }
    while (!computing.isEmpty() && computing.element().computedAt <= share + EPSILON) {
      completed++;
      busyOfEnded += now - computing.remove().began;
    }
  }
}
