// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

import dev.interleave.bench.Programs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * {@value #TAKERS} threads that wait for an item that does not come: the share of a core it takes.
 */
public final class Idle {
  static final int TAKERS = 4;

  /** The one in the middle counts, because the JVM itself has something to do now and then. */
  private static final int SLICES = 5;

  /** From their beginning to that of the measurement. */
  private static final int SETTLE_MILLIS = 700;

  private Idle() {}

  /**
   * Prints the figures of one passage.
   *
   * @param args the {@link PassageKind}, {@code platform} or {@code virtual}, and for how many
   *     milliseconds
   */
  public static void main(String[] args) throws InterruptedException {
    Shape shape = Shape.of(1, TAKERS, 1024, args[1].equals("virtual"));
    Passage passage = PassageKind.valueOf(args[0]).create(shape);
    Thread.Builder threads = shape.virtual() ? Thread.ofVirtual() : Thread.ofPlatform();
    CountDownLatch begun = new CountDownLatch(TAKERS);
    List<Thread> takers = new ArrayList<>();
    for (int i = 0; i < TAKERS; i++) {
      takers.add(
          threads.start(() -> {
            begun.countDown();
            try {
              throw new IllegalStateException("took " + passage.take());
            } catch (InterruptedException e) {
              // the end
            }
          }));
    }
    begun.await();
    Thread.sleep(SETTLE_MILLIS);
    double[] percents = new double[SLICES];
    for (int i = 0; i < SLICES; i++) {
      ProcessorTime time = new ProcessorTime();
      Thread.sleep(Integer.parseInt(args[2]) / SLICES);
      percents[i] = time.percent();
    }
    Arrays.sort(percents);
    for (Thread taker : takers) {
      taker.interrupt();
      taker.join();
    }
    Programs.report(Map.of("percent", percents[SLICES / 2]));
  }
}
