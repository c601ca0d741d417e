// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

import dev.interleave.bench.Figures;
import dev.interleave.bench.Ratio;
import dev.interleave.bench.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the buffer is meant to reach, and whether it does. */
final class BufferBars {
  /** Per cent of a core that count as none. */
  private static final double NOTHING = 0.5;

  private static final double STATS = 0.97;

  private BufferBars() {}

  /** How many times as much as a peer, with these places and threads. */
  private record Bar(int capacity, boolean virtual, PassageKind peer, double atLeast) {}

  private static final List<Bar> BARS =
      List.of(
          new Bar(1024, false, PassageKind.ARRAY, 3),
          new Bar(1024, false, PassageKind.JOX, 3),
          new Bar(1024, true, PassageKind.ARRAY, 2.5),
          new Bar(1024, true, PassageKind.JOX, 2.5),
          new Bar(1024, false, PassageKind.TRANSFER, 1.3),
          new Bar(1024, true, PassageKind.TRANSFER, 1.3),
          new Bar(1024, false, PassageKind.DISRUPTOR, 2.5),
          new Bar(1024, true, PassageKind.DISRUPTOR, 2.5),
          new Bar(16, false, PassageKind.ARRAY, 20),
          new Bar(16, true, PassageKind.ARRAY, 1.5));

  static List<Verdict> judge(BufferFigures figures) {
    List<Verdict> verdicts = new ArrayList<>();
    for (Bar bar : BARS) {
      for (int pairs : BufferSuite.PAIRS) {
        flow(
            verdicts,
            figures,
            Shape.of(pairs, pairs, bar.capacity(), bar.virtual()),
            bar.peer(),
            bar.atLeast());
      }
    }
    flow(verdicts, figures, BufferSuite.FAN_OUT, PassageKind.ARRAY, 1);
    for (String threads : BufferSuite.THREAD_KINDS) {
      verdicts.add(
          Verdict.atLeast(
              "ping-pong, capacity 1",
              "1+1 " + threads,
              PassageKind.ARRAY.label(),
              threads.equals("virtual") ? 3 : 15,
              figures.pingPongRatio(PassageKind.BUFFER, PassageKind.ARRAY, threads)));
    }
    verdicts.add(
        Verdict.atLeast(
            "put and take, nobody else",
            "1 platform",
            PassageKind.ARRAY.label(),
            2,
            figures.uncontendedRatio(PassageKind.BUFFER, PassageKind.ARRAY)));
    for (String threads : BufferSuite.THREAD_KINDS) {
      verdicts.add(trickle(figures, threads));
    }
    for (String threads : BufferSuite.THREAD_KINDS) {
      verdicts.add(idle(figures, threads));
    }
    for (String threads : BufferSuite.THREAD_KINDS) {
      verdicts.add(stats(figures, threads));
    }
    return verdicts;
  }

  private static void flow(
      List<Verdict> verdicts,
      BufferFigures figures,
      Shape shape,
      PassageKind peer,
      double atLeast) {
    verdicts.add(
        Verdict.atLeast(
            "items per second, capacity " + shape.capacity(),
            shape.threads() + " " + shape.kind(),
            peer.label(),
            atLeast,
            figures.flowRatio(PassageKind.BUFFER, peer, shape)));
  }

  private static Verdict trickle(BufferFigures figures, String threads) {
    @Nullable Ratio ratio =
        Ratio.of(
            figures.trickle(PassageKind.BUFFER, threads, "percent"),
            figures.trickle(PassageKind.ARRAY, threads, "percent"));
    return new Verdict(
        "processor time for 1,000 items a second",
        "1+1 " + threads,
        "≤ 1 × " + PassageKind.ARRAY.label(),
        ratio == null ? "–" : ratio.toString(),
        ratio == null ? null : ratio.median() <= 1);
  }

  private static Verdict idle(BufferFigures figures, String threads) {
    List<Double> percents = figures.idle(PassageKind.BUFFER, threads);
    double most = percents.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    return new Verdict(
        "processor time of takers that wait",
        Idle.TAKERS + " " + threads,
        "0 % of a core",
        percents.isEmpty() ? "–" : Figures.format(most) + " %",
        percents.isEmpty() ? null : most < NOTHING);
  }

  private static Verdict stats(BufferFigures figures, String threads) {
    @Nullable Ratio ratio = figures.stats(threads);
    return new Verdict(
        "items per second while stats() is called every 100 ms",
        "1+1 " + threads,
        "≥ " + STATS + " × without",
        ratio == null ? "–" : String.format(Locale.ROOT, "%.3f", ratio.median()),
        ratio == null ? null : ratio.median() >= STATS);
  }
}
