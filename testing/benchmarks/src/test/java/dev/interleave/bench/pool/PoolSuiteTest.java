// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.bench.Canned;
import dev.interleave.bench.ProgramCase;
import dev.interleave.bench.Results;
import dev.interleave.bench.Settings;
import dev.interleave.bench.Svg;
import dev.interleave.bench.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolSuiteTest {
  private final PoolSuite suite = new PoolSuite();

  private static Settings settings(boolean quick) {
    return new Settings(quick, null, Path.of("out"), 3, false);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyBarIsMeasured(boolean quick) {
    List<Verdict> verdicts = PoolBars.judge(new PoolFigures(all(settings(quick), 1, 1)));
    assertThat(verdicts).hasSize(14).allSatisfy(v -> assertThat(v.met()).isNotNull());
  }

  @Test
  void everyCaseNamesAProgram() throws Exception {
    for (ProgramCase c : suite.programCases(settings(false))) {
      assertThat(c.main().getMethod("main", String[].class)).as(c.id()).isNotNull();
    }
    assertThat(suite.programCases(settings(false)))
        .extracting(ProgramCase::id)
        .doesNotHaveDuplicates()
        .contains("pool/flow/POOL/2+1/0", "pool/submit/METERED/paced")
        .allMatch(id -> id.startsWith("pool/"));
  }

  /** A program takes half a second besides what it is told. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void takesNoLongerThanPromised(boolean quick) {
    double seconds =
        suite.programCases(settings(quick)).stream()
            .mapToDouble(c -> c.rounds() * (quick ? 2.1 : 3.5))
            .sum();
    assertThat(seconds / 60).isLessThan(quick ? 5 : 7);
  }

  @Test
  void loadsHaveNames() {
    Load load = new Load(4, 2, 150);
    assertThat(load).hasToString("4+2/150");
    assertThat(Load.parse("4+2/150")).isEqualTo(load);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsSubmittedIsRun(PoolKind kind) throws Exception {
    TaskFlow flow = new TaskFlow(kind, new Load(2, 2, 0));
    flow.start();
    while (flow.done() < 20L * PoolKind.CAPACITY) {
      Thread.onSpinWait();
    }
    flow.end();
    assertThat(flow.done()).isGreaterThanOrEqualTo(20L * PoolKind.CAPACITY);
  }

  @Test
  void latenciesHaveQuantiles() {
    Latencies latencies = new Latencies();
    for (int i = 1; i <= 1000; i++) {
      latencies.add(i * 1000L);
    }
    assertThat(latencies.quantile(0.5)).isEqualTo(501);
    assertThat(latencies.quantile(0.99)).isEqualTo(991);
    assertThat(latencies.quantile(1)).isEqualTo(1000);
  }

  @Test
  void writesPageAndPlots(@TempDir Path out) throws IOException {
    suite.report(all(settings(true), 2, 4), out);
    String page = Files.readString(out.resolve("pool.md"));
    assertThat(page)
        .contains("| MonitoredPool | 2.0 | 2.0 | 2.0 | 2.0 | 2.0 | 2.0 |")
        .contains("| trivial tasks per second | 2+1 | ≥ 1.5 × ThreadPoolExecutor | 0.50")
        .contains("✗ missed")
        .contains("](pool-throughput.svg)")
        .doesNotContain("null", "NaN", "/tmp", "/home");
    assertThat(Svg.parse(Files.readString(out.resolve("pool-throughput.svg"))).texts())
        .contains("MonitoredPool", "trivial tasks", "tasks of 150 ns");
    assertThat(new PoolReport(new PoolFigures(all(settings(true), 50, 1))).markdown())
        .contains("a submission takes longer, one each 20 µs, p99");
  }

  @Test
  void anEmptyRunHasAPage() {
    PoolReport report = new PoolReport(new PoolFigures(Canned.nothing()));
    assertThat(report.charts()).isEmpty();
    assertThat(report.summary()).isEqualTo("0 of 0 bars met.");
    assertThat(report.markdown()).contains("not measured").doesNotContain(".svg", "null");
  }

  /** As if ours had measured one figure everywhere, and the others another one. */
  private Results all(Settings settings, double ours, double others) {
    return Canned.all(
        suite,
        settings,
        id -> id.contains("/POOL/") || id.contains("/SAMPLED/") ? ours : others,
        List.of("tasksPerMicro", "p50Micros", "p99Micros", "p999Micros"));
  }
}
