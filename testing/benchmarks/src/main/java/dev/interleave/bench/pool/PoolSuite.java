// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.pool;

import dev.interleave.bench.JmhCase;
import dev.interleave.bench.ProgramCase;
import dev.interleave.bench.Results;
import dev.interleave.bench.Settings;
import dev.interleave.bench.Suite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The monitored pool against the executor of the JDK, bare and with Micrometer's timers. */
public final class PoolSuite implements Suite {
  private static final int SHORT_TASK = 150;

  /** Workers and producers: two cores have room for one and one; then more and more want them. */
  private static final List<Load> TRIVIAL =
      List.of(new Load(1, 1, 0), new Load(2, 1, 0), new Load(4, 4, 0));

  static final List<Load> LOADS =
      TRIVIAL.stream()
          .flatMap(load -> Stream.of(load, new Load(load.workers(), load.producers(), SHORT_TASK)))
          .sorted((one, other) -> Integer.compare(one.workNanos(), other.workNanos()))
          .toList();

  static final List<PoolKind> KINDS = List.of(PoolKind.values());

  /** How submissions follow each other. */
  static final List<String> PACES = List.of("tight", "paced");

  static final int LATENCY_WORKERS = 2;

  /** The one suite of the pool package. */
  public PoolSuite() {}

  @Override
  public String name() {
    return "pool";
  }

  @Override
  public List<JmhCase> jmhCases(Settings settings) {
    return List.of();
  }

  @Override
  public List<ProgramCase> programCases(Settings settings) {
    List<ProgramCase> cases = new ArrayList<>();
    String warmUp = settings.quick() ? "900" : "1500";
    String measured = settings.quick() ? "700" : "1500";
    for (Load load : LOADS) {
      for (PoolKind kind : KINDS) {
        cases.add(
            program(
                flow(kind, load),
                TaskFlow.class,
                settings,
                kind.name(),
                load.toString(),
                warmUp,
                measured));
      }
    }
    for (String pace : PACES) {
      for (PoolKind kind : KINDS) {
        cases.add(
            program(
                latency(kind, pace),
                SubmitLatency.class,
                settings,
                kind.name(),
                Integer.toString(LATENCY_WORKERS),
                pace,
                warmUp,
                measured));
      }
    }
    return cases;
  }

  private static ProgramCase program(
      String id, Class<?> main, Settings settings, String... arguments) {
    return new ProgramCase(id, main, List.of(arguments), List.of(), settings.rounds());
  }

  /** The id of a case of {@link TaskFlow}. */
  static String flow(PoolKind kind, Load load) {
    return "pool/flow/" + kind + "/" + load;
  }

  /** The id of a case of {@link SubmitLatency}. */
  static String latency(PoolKind kind, String pace) {
    return "pool/submit/" + kind + "/" + pace;
  }

  @Override
  public void report(Results results, Path out) throws IOException {
    PoolReport report = new PoolReport(new PoolFigures(results));
    Files.writeString(out.resolve(name() + ".md"), report.markdown());
    for (Map.Entry<String, String> chart : report.charts().entrySet()) {
      Files.writeString(out.resolve(chart.getKey()), chart.getValue());
    }
    System.out.println(report.summary());
  }
}
