// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

import dev.interleave.bench.Programs;
import dev.interleave.buffer.BoundedBuffer;
import java.util.Arrays;
import java.util.Map;

/**
 * What it costs to look at the statistics: items that come through while somebody calls {@code
 * stats()} every 100 ms, against items while nobody does. Slices of both kinds alternate within one
 * process, so that what changes its speed meets both alike.
 */
public final class StatsCost {
  private static final int PERIOD_MILLIS = 100;

  /** Of each kind in one turn. */
  private static final int PERIODS = 2;

  private StatsCost() {}

  /**
   * Prints the figures.
   *
   * @param args the {@link Shape}, milliseconds to warm up, and how many turns
   */
  public static void main(String[] args) throws InterruptedException {
    Shape shape = Shape.parse(args[0]);
    BoundedBuffer<Integer> buffer = new BoundedBuffer<>(shape.capacity());
    Flow flow = new Flow(new Passage.OfQueue(buffer), shape);
    flow.start();
    long seen = look(buffer);
    Thread.sleep(Integer.parseInt(args[1]));
    int turns = Integer.parseInt(args[2]);
    double[] ratios = new double[turns];
    for (int i = 0; i < turns; i++) {
      boolean first = i % 2 == 0;
      double one = speed(flow, buffer, first);
      double other = speed(flow, buffer, !first);
      ratios[i] = first ? one / other : other / one;
    }
    flow.end();
    if (look(buffer) <= seen) {
      throw new IllegalStateException("the statistics do not count");
    }
    Arrays.sort(ratios);
    Programs.report(Map.of("ratio", (ratios[(turns - 1) / 2] + ratios[turns / 2]) / 2));
  }

  private static double speed(Flow flow, BoundedBuffer<Integer> buffer, boolean looking)
      throws InterruptedException {
    long before = flow.through();
    long start = System.nanoTime();
    for (int i = 0; i < PERIODS; i++) {
      if (looking) {
        look(buffer);
      }
      Thread.sleep(PERIOD_MILLIS);
    }
    return (flow.through() - before) / (double) (System.nanoTime() - start);
  }

  private static long look(BoundedBuffer<Integer> buffer) {
    return buffer.stats().takes();
  }
}
