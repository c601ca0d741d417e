// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import dev.interleave.bench.Figures;
import dev.interleave.bench.Ratio;
import dev.interleave.bench.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What transports and RPC are meant to reach, and whether they do. */
final class IpcBars {
  private static final String TWO_JVMS = "2 JVMs";
  private static final String ONE_JVM = "1 JVM";

  private IpcBars() {}

  static List<Verdict> judge(IpcFigures figures) {
    List<Verdict> verdicts = new ArrayList<>();
    calls(verdicts, figures);
    transports(verdicts, figures);
    return verdicts;
  }

  private static void calls(List<Verdict> verdicts, IpcFigures figures) {
    String shared = "a call over shared memory is faster";
    faster(verdicts, shared, TWO_JVMS, figures, RpcKind.SHARED_DIRECT, 40, RpcKind.GRPC_TCP_DIRECT);
    faster(
        verdicts, shared, TWO_JVMS, figures, RpcKind.SHARED_DIRECT, 25, RpcKind.GRPC_UNIX_DIRECT);
    String thread = "a call in process through another thread is faster";
    faster(verdicts, thread, ONE_JVM, figures, RpcKind.MEMORY_DIRECT, 10, RpcKind.GRPC_MEMORY);
    String pool = "a call in process through a pool of workers is faster";
    faster(verdicts, pool, ONE_JVM, figures, RpcKind.MEMORY, 10, RpcKind.GRPC_MEMORY);
    String same = "a call in process is as fast as one that changes no thread";
    faster(verdicts, same, ONE_JVM, figures, RpcKind.MEMORY_DIRECT, 1, RpcKind.GRPC_MEMORY_DIRECT);
    atMost(
        verdicts,
        "one call each millisecond, median",
        PipeKind.BARE_UNIX.label() + " to and fro",
        1,
        Ratio.of(
            figures.rpc("paced", RpcKind.SHARED_DIRECT, "median"),
            figures.pipe(PipeRun.Mode.PACED, PipeKind.BARE_UNIX, IpcSuite.SMALL, "median")));
  }

  private static void transports(List<Verdict> verdicts, IpcFigures figures) {
    for (int bytes : IpcSuite.SIZES) {
      atMost(
          verdicts,
          bytes + " bytes to and fro, median",
          "Aeron",
          1,
          trip(figures, bytes, "median"));
    }
    atMost(
        verdicts,
        "64 bytes to and fro, p99.9",
        "Aeron",
        0.5,
        trip(figures, IpcSuite.SMALL, "p99.9"));
    for (int bytes : IpcSuite.SIZES) {
      verdicts.add(
          Verdict.atLeast(
              bytes + " bytes one way, messages per second",
              TWO_JVMS,
              "Aeron",
              bytes == IpcSuite.SMALL ? 0.8 : 1,
              Ratio.of(
                  figures.pipe(PipeRun.Mode.FLOW, PipeKind.SHARED, bytes, "perSecond"),
                  figures.pipe(PipeRun.Mode.FLOW, PipeKind.AERON, bytes, "perSecond"))));
    }
    below(
        verdicts,
        "connected for the first time",
        60,
        "ms",
        figures.pipe(PipeRun.Mode.PING, PipeKind.SHARED, IpcSuite.SMALL, "connectMillis"));
    below(
        verdicts,
        "64 bytes to and fro, both on one core, median",
        15,
        "µs",
        figures.pipe(PipeRun.Mode.CORE, PipeKind.SHARED, IpcSuite.SMALL, "median"));
    below(
        verdicts,
        "processor time of an idle side",
        1,
        "% of a core",
        figures.pipe(PipeRun.Mode.IDLE, PipeKind.SHARED, IpcSuite.SMALL, "percent"));
    below(
        verdicts,
        "processor time of the other idle side",
        1,
        "% of a core",
        figures.pipe(PipeRun.Mode.IDLE, PipeKind.SHARED, IpcSuite.SMALL, "otherPercent"));
    below(
        verdicts,
        "processor time of an idle client of calls",
        1,
        "% of a core",
        figures.rpc("idle", RpcKind.SHARED, "percent"));
    below(
        verdicts,
        "processor time of the idle server",
        1,
        "% of a core",
        figures.rpc("idle", RpcKind.SHARED, "otherPercent"));
  }

  private static @Nullable Ratio trip(IpcFigures figures, int bytes, String figure) {
    return Ratio.of(
        figures.pipe(PipeRun.Mode.PING, PipeKind.SHARED, bytes, figure),
        figures.pipe(PipeRun.Mode.PING, PipeKind.AERON, bytes, figure));
  }

  /** How many times as long a call of the peer takes. */
  private static void faster(
      List<Verdict> verdicts,
      String question,
      String jvms,
      IpcFigures figures,
      RpcKind ours,
      double bound,
      RpcKind peer) {
    verdicts.add(Verdict.atLeast(question, jvms, peer.label(), bound, figures.times(peer, ours)));
  }

  private static void atMost(
      List<Verdict> verdicts, String question, String peer, double bound, @Nullable Ratio ratio) {
    verdicts.add(Verdict.atMost(question, TWO_JVMS, peer, bound, ratio));
  }

  private static void below(
      List<Verdict> verdicts, String question, double bound, String unit, List<Double> rounds) {
    double median = IpcFigures.median(rounds);
    verdicts.add(
        new Verdict(
            question,
            TWO_JVMS,
            "≤ " + Figures.exact(bound) + " " + unit,
            rounds.isEmpty() ? "–" : IpcFigures.spread(rounds),
            rounds.isEmpty() ? null : median <= bound));
  }
}
