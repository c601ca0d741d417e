// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import dev.interleave.bench.Chart;
import dev.interleave.bench.ChartSvg;
import dev.interleave.bench.MarkdownTable;
import dev.interleave.bench.ReportPage;
import dev.interleave.bench.RunTable;
import dev.interleave.bench.Verdicts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The page about transports and RPC. */
final class IpcPage {
  private static final String CALLS = "ipc-calls.svg";

  private final IpcFigures figures;
  private final Map<String, String> charts;
  private final Verdicts verdicts;
  private final ReportPage page;

  IpcPage(IpcFigures figures) {
    this.figures = figures;
    charts = draw();
    verdicts = new Verdicts(IpcBars.judge(figures));
    page = new ReportPage("Transports and RPC, measured", charts);
  }

  /** File name to SVG. */
  Map<String, String> charts() {
    return charts;
  }

  String summary() {
    return verdicts.summary();
  }

  /** Writes the page; to be called once. */
  String markdown() {
    page.add(RunTable.of(figures.results().run(), ""));
    page.add(
        """
        A round forks both processes of every case anew (-Xms512m -Xmx512m; Aeron, which needs it, with
        flags that open the JDK), with other peers between. A figure is the median of the rounds, with
        the least and the greatest in brackets. On two cores the two processes are all that can run:
        whatever else wants to, on the machine or beside it, shows in the high percentiles.

        """);
    verdicts.addTo(page, "question");
    calls();
    seldom();
    trips();
    flow();
    designs();
    page.heading(
        "To repeat it",
        """
        `mvn -Pbench verify -Dbench.args="include=^ipc/"`. `ipc-run.json` has every round.
        """);
    return page.toString();
  }

  private void calls() {
    MarkdownTable table = new MarkdownTable(List.of("µs", "median", "p99", "p99.9", "first, ms"));
    for (RpcKind kind : RpcKind.values()) {
      table.rowUnlessEmpty(
          kind.label(),
          List.of(
              call(kind, "median"),
              call(kind, "p99"),
              call(kind, "p99.9"),
              call(kind, "firstMillis")));
    }
    page.heading(
        "A blocking call",
        """
        A thread calls a method that gives back its 64 bytes, again and again. "Direct" means that a
        request runs on the thread that reads it (`RpcServer.Builder.direct()`, `directExecutor()` on
        both sides); gRPC's direct call in process stays on the caller's thread, ours changes it. The
        first call includes the connection and all classes that have to be loaded.
        """);
    page.picture(CALLS, "Median of a call");
    page.add(table);
  }

  private String call(RpcKind kind, String figure) {
    return IpcFigures.spread(figures.rpc("call", kind, figure));
  }

  private void seldom() {
    MarkdownTable table =
        new MarkdownTable(
            List.of("µs", "one each ms: median", "p99", "on one core: median", "p99"));
    for (PipeKind kind : PipeKind.values()) {
      table.rowUnlessEmpty(
          kind.label(),
          List.of(
              small(PipeRun.Mode.PACED, kind, "median"),
              small(PipeRun.Mode.PACED, kind, "p99"),
              small(PipeRun.Mode.CORE, kind, "median"),
              small(PipeRun.Mode.CORE, kind, "p99")));
    }
    table.rowUnlessEmpty(
        "RPC over " + RpcKind.SHARED_DIRECT.label(),
        List.of(
            IpcFigures.spread(figures.rpc("paced", RpcKind.SHARED_DIRECT, "median")),
            IpcFigures.spread(figures.rpc("paced", RpcKind.SHARED_DIRECT, "p99")),
            "–",
            "–"));
    page.section(
        "Seldom, and on one core",
        """
        64 bytes to and fro once each millisecond, so both sides sleep in between; and back to back with
        both processes bound to one core.
        """,
        table);
    MarkdownTable idle = new MarkdownTable(List.of("% of a core", "one side", "the other side"));
    idle.rowUnlessEmpty(
        "shared memory, connected and idle",
        List.of(
            small(PipeRun.Mode.IDLE, PipeKind.SHARED, "percent"),
            small(PipeRun.Mode.IDLE, PipeKind.SHARED, "otherPercent")));
    for (RpcKind kind : List.of(RpcKind.SHARED_DIRECT, RpcKind.SHARED)) {
      idle.rowUnlessEmpty(
          "RPC over " + kind.label() + ": client and server",
          List.of(
              IpcFigures.spread(figures.rpc("idle", kind, "percent")),
              IpcFigures.spread(figures.rpc("idle", kind, "otherPercent"))));
    }
    if (!idle.isEmpty()) {
      page.add(idle);
    }
  }

  private String small(PipeRun.Mode mode, PipeKind kind, String figure) {
    return IpcFigures.spread(figures.pipe(mode, kind, IpcSuite.SMALL, figure));
  }

  private void trips() {
    MarkdownTable table =
        new MarkdownTable(List.of("µs", "bytes", "median", "p99", "p99.9", "connected in, ms"));
    for (int bytes : IpcSuite.SIZES) {
      for (PipeKind kind : PipeKind.values()) {
        if (!figures.pipe(PipeRun.Mode.PING, kind, bytes, "median").isEmpty()) {
          List<String> row = new ArrayList<>(List.of(kind.label(), String.valueOf(bytes)));
          for (String figure : List.of("median", "p99", "p99.9", "connectMillis")) {
            row.add(IpcFigures.spread(figures.pipe(PipeRun.Mode.PING, kind, bytes, figure)));
          }
          table.row(row);
        }
      }
    }
    for (String kind : List.of("pipe", "queue")) {
      if (!figures.python(kind).isEmpty()) {
        table.row(
            List.of(
                "Python's multiprocessing, " + kind,
                String.valueOf(IpcSuite.SMALL),
                IpcFigures.spread(figures.python(kind)),
                "–",
                "–",
                "–"));
      }
    }
    page.section("To and fro", "One message at a time, back to back.\n", table);
  }

  private void flow() {
    MarkdownTable table =
        new MarkdownTable(List.of("million messages/s", "64 bytes", "4096 bytes"));
    for (PipeKind kind : PipeKind.values()) {
      table.rowUnlessEmpty(
          kind.label(), IpcSuite.SIZES.stream().map(bytes -> millions(kind, bytes)).toList());
    }
    page.section(
        "One way",
        """
        As many as go through, received and counted at the other end. Who can keep a message back may do
        so for up to 64 (`write` and `flush`; a buffer before the bare socket). Ours checks each message
        by CRC32C, unless it says otherwise; Aeron checks none.
        """,
        table);
  }

  private String millions(PipeKind kind, int bytes) {
    return IpcFigures.spread(
        figures.pipe(PipeRun.Mode.FLOW, kind, bytes, "perSecond").stream()
            .map(count -> count / 1e6)
            .toList());
  }

  private void designs() {
    page.heading("Why it is as fast, and no faster", WHY);
  }

  private static final String WHY =
      """
      **A call between two processes.** The caller reads its reply itself, and with `direct()` the thread
      that reads the request executes it. So no thread is woken while both sides are busy, and a call is
      a round trip of the transport and what the two sides do to encode, check and account for it. Each
      worker is a thread to be woken: that is the difference between the first two rows.
      gRPC was called for eight seconds before it was measured, and still became faster: in an earlier,
      longer measurement it took 67 to 96 µs, sixty times as long as a call over shared memory, or more.

      **Seldom.** Both sides sleep, and a wake-up of the other core takes some 20 µs here. Who waits for a
      reply spins with yields for up to 50 µs, which saves one of the two wake-ups. Three designs were
      measured, twice each, as medians beside a bare socket with 25 and 29 µs: to spin with yields, 33 and
      41; to look 64 times and then to sleep, 44 and 49; to sleep at once, 44 and 44. The first one was
      kept. On one core the bare socket is no faster, so what is left seems to be where the system wakes
      a thread: who waits in a blocking read is woken on the core of the writer, which it is about to
      leave, and who waits by a selector on another core. But an interrupt closes a channel that blocks,
      for all other threads too, so a selector it is.

      **In one process, through a pool.** The request is read by one thread and runs on another one. Of 38
      to 56 µs, with stamps of the time in between, the worker began 17 to 25 after the request was read,
      for 11 to 16 of which the reader was in `submit`: each deadline woke the thread of the pool's
      timers. Now it does not: medians of three forks, taken in turn, 39 µs (35 to 55) before, 28 (27 to
      29) since, and gRPC 42 (39 to 48); the worker begins after 6, `submit` takes 1.2, and the caller
      goes on 11 after the reply was sent (one fork). The worker was awake: 45 of 16,171 calls had to wake
      it; but three threads that look and yield share two cores. Before that, other designs were measured
      as prototypes, medians of three forks each, with the least and the greatest, taken in turn in two
      sessions. In the first one gRPC took 33 µs (16 to 53), and the design as it was 28 (28 to 52); a
      worker that looks for 50 µs before it sleeps 38 (35 to 44), without yields 41 (27 to 42); virtual
      workers 64 (61 to 64); a caller that puts its request into the queue itself 30 (29 to 33), with a
      worker that looks for 50 µs 32 (15 to 43); leader and followers, where who has read wakes another
      one to read and runs the request, 15 (11 to 19). In the second one gRPC took 26 (18 to 36), as it
      was 35 (28 to 67); one worker 48 (48 to 48); a reader that runs the request, while another thread
      looks each 100 µs whether to read instead, 12 (1.4 to 13); a caller that runs it 0.89 (0.88 to 2.1).
      To look for longer saves nothing, as hardly any worker sleeps. A caller that is in the method cannot
      leave when its deadline passes. The two others run requests outside of the pool, where the limit of
      workers, the interrupts of deadline and cancel and the report of a close are, and do not reach a
      tenth of gRPC either, but for one fork. So this bar is missed. Who wants less has `direct()`, and
      says with it that the methods are short and never block.

      **To and fro.** How much the checksums cost is a matter of the processor. On the older one on which
      the designs were measured, a round trip of 64 bytes without them took what one of Aeron took, 0.25 to
      0.29 µs beside 0.28 to 0.30 in three forks each; the rest are the checksums, which Aeron has not:
      20 ns each for 64 bytes, 204 for 4,096 in the cache, four in each round trip, and a receiver that
      checks has to have every line of a frame from the other core. Designs that were measured against
      Aeron, three forks each, taken in turn, as medians for 64 and 4,096 bytes: as it is, 0.35 and 2.4;
      with 256 looks before the first yield instead of 64, 0.38 and 2.3; with these, and the checksum
      of what is sent, before it is copied, 0.35 and 2.3; after it was copied, while the copy drains,
      0.38 and 2.1; of the ring, 1,024 bytes behind the copy, 2.3 for 4,096 bytes; or room given back
      only before a sleep, 0.38 and 2.3. (On another day, five forks each: a sender that writes the
      second line of its next record while the reply is on its way, so that it has it already, 0.49
      instead of 0.48.) The fourth one gains for large messages, but reads twice what
      is sent, so who changes that meanwhile would end the connection instead of sending nonsense: it
      was not kept. More looks change the high percentiles: p99 falls from 8.6 to 0.5, and p99.9 grows
      from 10 to 22, which seems to be where something else has the other core, and the peer can run
      only when this side yields. So p99.9 is a matter of what else runs, most of all the compilers.

      **Two speeds.** On a processor on which a call over shared memory takes 1.2 to 2 µs, it takes 4 to
      11 in some forks, as if both processes had one core, between which they yield. Of 16 forks that
      was so in 4. Designs against it, forks of a call, in turn: 256 looks before the first yield, 1
      of 10, but 18 µs there; after 64 looks one yield, 192 looks, and only then one yield after the
      other, 0 of 4; the same, with 12 µs of looks by the clock, 11 of 24; to sleep once when 256
      waits in a row, or 32, have ended with a yield, so that the system chooses a core anew, 1 of 6
      each. None of it is more than chance can do, so it was left as it was.

      **The first connection.** Both JVMs are cold. Where the time went, by the log of the classes that
      were loaded: the first mapping of a file some 40 ms on each side, since the JDK makes the buffer by
      reflection, for which it spins code; lambdas and string concatenation by `invokedynamic` 20 ms before
      the two sides had talked, 19 for messages of errors that did not happen; to find who logs, 23. Four
      designs were measured, medians of ten forks each, taken in turn: as it was, 172 ms (153 to 181);
      with all that but the mapping out of the way, 115 (92 to 148); and with the mapping rehearsed,
      of an empty file, by the thread that listens or connects, 87 (79 to 106); or by a thread of its own,
      while the sides shake hands or before anybody connects, 78 (71 to 101). The last one was kept. What
      is left is to load and to verify some 200 classes, and the rehearsal of the side that connects,
      which has no time for it before. A bare socket needs few of them.
      It took three times as long before the classes of JFR were left alone until somebody records.
      """;

  private Map<String, String> draw() {
    List<Chart.Panel> panels = new ArrayList<>();
    panel(panels, "two processes", false);
    panel(panels, "one process", true);
    return panels.isEmpty()
        ? Map.of()
        : Map.of(
            CALLS,
            ChartSvg.draw(
                new Chart(
                    "A blocking call, median",
                    "64 bytes there and back; down is faster, logarithmic",
                    "µs",
                    Chart.Scale.LOG,
                    List.of(new Chart.Series("median", 0)),
                    panels)));
  }

  private void panel(List<Chart.Panel> panels, String title, boolean inProcess) {
    List<Chart.Group> groups = new ArrayList<>();
    for (RpcKind kind : RpcKind.values()) {
      double median = IpcFigures.median(figures.rpc("call", kind, "median"));
      if (kind.isInProcess() == inProcess && !Double.isNaN(median)) {
        groups.add(new Chart.Group(kind.label(), List.of(median)));
      }
    }
    if (!groups.isEmpty()) {
      panels.add(new Chart.Panel(title, groups));
    }
  }
}
