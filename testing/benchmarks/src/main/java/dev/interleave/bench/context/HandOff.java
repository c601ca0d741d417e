// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.context;

import dev.interleave.bench.Programs;
import dev.interleave.context.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;

/**
 * Tasks that do nothing, in a context of ten values, through a pool of one thread: nanoseconds for
 * each, with the pool as it is and with the same pool wrapped.
 *
 * <p>A program, because JMH measures one way after the other in JVMs of their own. Through a pool
 * two threads meet whose speeds decide which of them waits for the other, and that told more about
 * the JVM than about the way: ratios of five rounds were 0.71 to 1.7. Here a thousand tasks go the
 * one way and the next thousand the other way, all the time; the figures are the medians of the
 * thousands.
 */
public final class HandOff {
  static final String RAW = "raw";
  static final String PROPAGATING = "propagating";

  private static final int TASKS = 1000;

  private final Context context = Peers.context(Peers.LOCALS, Peers.VALUES);
  private final Phaser round = new Phaser(2);
  private long ran;

  HandOff() {}

  /**
   * Prints the figures.
   *
   * @param args milliseconds to warm up and to measure
   */
  public static void main(String[] args) {
    HandOff handOff = new HandOff();
    handOff.run(Long.parseLong(args[0]));
    Programs.report(handOff.run(Long.parseLong(args[1])));
  }

  /** Submits a thousand tasks in turn to both, until the time is over, and at least once. */
  Map<String, Double> run(long millis) {
    List<Double> raw = new ArrayList<>();
    List<Double> propagating = new ArrayList<>();
    try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
      ExecutorService wrapped = Context.propagating(pool);
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      do {
        raw.add(time(pool));
        propagating.add(time(wrapped));
      } while (end - System.nanoTime() > 0);
    }
    return Map.of(RAW, median(raw), PROPAGATING, median(propagating));
  }

  /** How many tasks have run, of those that are counted: all but the last of each thousand. */
  long ran() {
    return ran;
  }

  private double time(ExecutorService executor) {
    long start = System.nanoTime();
    context.run(() -> submit(executor));
    return (double) (System.nanoTime() - start) / TASKS;
  }

  private void submit(ExecutorService executor) {
    for (int i = 1; i < TASKS; i++) {
      executor.execute(() -> ran++);
    }
    executor.execute(round::arrive);
    round.arriveAndAwaitAdvance();
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
