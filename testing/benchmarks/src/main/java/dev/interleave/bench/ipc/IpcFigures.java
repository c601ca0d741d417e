// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import dev.interleave.bench.Figures;
import dev.interleave.bench.Ratio;
import dev.interleave.bench.Results;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What was measured, by question. */
record IpcFigures(Results results) {

  List<Double> pipe(PipeRun.Mode mode, PipeKind kind, int bytes, String figure) {
    return results.figures(IpcSuite.id(mode.question(), kind.name(), bytes), figure);
  }

  List<Double> rpc(String question, RpcKind kind, String figure) {
    return results.figures(IpcSuite.id(question, "RPC_" + kind.name(), IpcSuite.SMALL), figure);
  }

  List<Double> python(String figure) {
    return results.figures(IpcSuite.id("python", "multiprocessing", IpcSuite.SMALL), figure);
  }

  /** How many times as long the other one takes. */
  @Nullable Ratio times(RpcKind slower, RpcKind faster) {
    return Ratio.of(rpc("call", slower, "median"), rpc("call", faster, "median"));
  }

  static double median(List<Double> rounds) {
    Ratio ratio = Ratio.of(rounds, rounds.stream().map(round -> 1.0).toList());
    return ratio == null ? Double.NaN : ratio.median();
  }

  /** The median of the rounds, and from where to where they reach. */
  static String spread(List<Double> rounds) {
    Ratio ratio = Ratio.of(rounds, rounds.stream().map(round -> 1.0).toList());
    return ratio == null ? "–" : ratio.toString();
  }

  /** The figures of all rounds. */
  static String each(List<Double> rounds) {
    return rounds.isEmpty()
        ? "–"
        : rounds.stream().map(Figures::format).collect(Collectors.joining(" / "));
  }
}
