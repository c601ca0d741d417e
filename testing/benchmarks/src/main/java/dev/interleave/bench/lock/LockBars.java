// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

import dev.interleave.bench.Figures;
import dev.interleave.bench.Ratio;
import dev.interleave.bench.ThreadSetting;
import dev.interleave.bench.Verdict;
import java.util.ArrayList;
import java.util.List;

/** What the read-write lock is meant to reach, and whether it does. */
final class LockBars {
  private static final ThreadSetting ONE = ThreadSetting.platform(1);
  private static final ThreadSetting TWO = ThreadSetting.platform(2);
  private static final ThreadSetting EIGHT = ThreadSetting.platform(8);
  private static final ThreadSetting TWO_VIRTUAL = LockSuite.TWO_VIRTUAL;
  private static final ThreadSetting EIGHT_VIRTUAL = ThreadSetting.virtual(8);

  /** Bytes per thread that count as none: less than a heap can be measured by. */
  private static final double NO_BYTES = 0.5;

  /** Throughput at some share of writes: at least so many times that of another lock. */
  private record Bar(
      int writePercent, LockKind peer, double atLeast, List<ThreadSetting> threads) {}

  private static final List<Bar> BARS =
      List.of(
          new Bar(0, LockKind.RRWL, 1.4, List.of(ONE)),
          new Bar(0, LockKind.RRWL, 10, List.of(TWO, EIGHT, TWO_VIRTUAL, EIGHT_VIRTUAL)),
          new Bar(0, LockKind.STAMPED, 5, List.of(TWO, EIGHT, TWO_VIRTUAL, EIGHT_VIRTUAL)),
          new Bar(1, LockKind.RRWL, 4, List.of(TWO, EIGHT_VIRTUAL)),
          new Bar(1, LockKind.RRWL, 1.5, List.of(EIGHT)),
          new Bar(10, LockKind.RRWL, 1.3, List.of(TWO, EIGHT)),
          new Bar(10, LockKind.RRWL, 2, List.of(EIGHT_VIRTUAL)),
          new Bar(50, LockKind.RRWL, 0.9, LockSuite.THREADS),
          new Bar(100, LockKind.RRWL, 0.9, LockSuite.THREADS));

  private LockBars() {}

  static List<Verdict> judge(LockFigures figures) {
    List<Verdict> verdicts = new ArrayList<>();
    for (Bar bar : BARS) {
      for (ThreadSetting threads : bar.threads()) {
        verdicts.add(
            Verdict.atLeast(
                LockReport.mix(bar.writePercent()),
                threads.words(),
                bar.peer().label(),
                bar.atLeast(),
                figures.mixRatio(LockKind.BIASED, bar.peer(), bar.writePercent(), threads)));
      }
    }
    for (ThreadSetting threads : LockSuite.OPTIMISTIC_THREADS) {
      verdicts.add(
          Verdict.atLeast(
              "optimistic read",
              threads.words(),
              LockKind.STAMPED.label(),
              0.7,
              figures.optimisticRatio(threads)));
    }
    for (String threads : LockSuite.THREAD_KINDS) {
      verdicts.add(waiting(figures, threads, "medianMicros", "median"));
      verdicts.add(waiting(figures, threads, "p99Micros", "p99"));
      verdicts.add(waiting(figures, threads, "correctedMedianMicros", "corrected median"));
      verdicts.add(waiting(figures, threads, "correctedP99Micros", "corrected p99"));
    }
    verdicts.add(retained(figures, "endedBytes", "ended"));
    verdicts.add(retained(figures, "aliveBytes", "still alive"));
    return verdicts;
  }

  private static Verdict waiting(
      LockFigures figures, String threads, String figure, String percentile) {
    return Verdict.lessThan(
        "wait of a writer every ms, " + percentile,
        WriterWait.READERS + " " + threads + " readers",
        LockKind.RRWL.label(),
        1,
        Ratio.of(
            figures.writer(LockKind.BIASED, threads, figure),
            figures.writer(LockKind.RRWL, threads, figure)));
  }

  private static Verdict retained(LockFigures figures, String figure, String when) {
    List<Double> bytes = new ArrayList<>(figures.heap(LockKind.BIASED, figure));
    bytes.addAll(figures.heap(LockKind.BIASED, RetainedHeap.beside(figure)));
    double most = bytes.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    return new Verdict(
        "retained per thread that read once",
        "%,d virtual threads, %s".formatted(RetainedHeap.THREADS, when),
        "0 bytes",
        Double.isNaN(most) ? "–" : Figures.format(most) + " bytes",
        Double.isNaN(most) ? null : most < NO_BYTES);
  }
}
