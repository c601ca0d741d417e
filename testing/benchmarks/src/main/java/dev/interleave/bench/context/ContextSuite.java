// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.context;

import dev.interleave.bench.JmhCase;
import dev.interleave.bench.ProgramCase;
import dev.interleave.bench.Results;
import dev.interleave.bench.Settings;
import dev.interleave.bench.Suite;
import dev.interleave.bench.ThreadSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The context against thread-locals, scoped values, and what carries values along. */
public final class ContextSuite implements Suite {
  static final List<Integer> VALUES = List.of(1, 10);

  static final List<String> READERS =
      List.of(
          "context",
          "contextLater",
          "threadLocal",
          "threadLocalDisplaced",
          "scopedValue",
          "openTelemetry",
          "ttl");

  static final List<String> CARRIERS = List.of("context", "openTelemetry", "micrometer", "ttl");

  static final String HEAP = "context/heap";
  static final String HAND_OFF = "context/hand-off";

  /** Without an exact compaction some dead objects would be counted. */
  private static final String EXACT = "-XX:MarkSweepDeadRatio=0";

  /** The one suite of the context package. */
  public ContextSuite() {}

  @Override
  public String name() {
    return "context";
  }

  @Override
  public List<JmhCase> jmhCases(Settings settings) {
    List<JmhCase> cases = new ArrayList<>();
    for (int values : VALUES) {
      Map<String, String> params = Map.of("values", Integer.toString(values));
      READERS.forEach(
          reader -> cases.add(jmh("get", GetBenchmark.class, reader, params, settings)));
      CARRIERS.forEach(
          carrier -> cases.add(jmh("wrap", WrapBenchmark.class, carrier, params, settings)));
      CARRIERS.forEach(carrier ->
          cases.add(jmh("elsewhere", ElsewhereBenchmark.class, carrier, params, settings)));
    }
    for (String way : List.of("adapter", "copy")) {
      cases.add(jmh("log", LogBenchmark.class, way, Map.of(), settings));
    }
    return cases;
  }

  private static JmhCase jmh(
      String what, Class<?> type, String method, Map<String, String> params, Settings settings) {
    String values = params.isEmpty() ? "" : "/" + params.get("values");
    return new JmhCase(
        "context/" + what + "/" + method + values,
        type,
        method,
        params,
        ThreadSetting.platform(1),
        false,
        settings.rounds());
  }

  @Override
  public List<ProgramCase> programCases(Settings settings) {
    return List.of(
        new ProgramCase(
            HEAP, ThreadsInContext.class, List.of(), List.of(EXACT, "-XX:+UseSerialGC"), 1),
        new ProgramCase(
            HAND_OFF,
            HandOff.class,
            settings.quick() ? List.of("1000", "2000") : List.of("2000", "5000"),
            List.of(Peers.SMALL_NURSERY),
            settings.rounds()));
  }

  @Override
  public void report(Results results, Path out) throws IOException {
    ContextReport report = new ContextReport(new ContextFigures(results));
    Files.writeString(out.resolve(name() + ".md"), report.markdown());
    System.out.println(report.summary());
  }
}
