// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.bench.Canned;
import dev.interleave.bench.JmhCase;
import dev.interleave.bench.Settings;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContextSuiteTest {
  private final ContextSuite suite = new ContextSuite();

  private static Settings settings() {
    return new Settings(true, null, Path.of("out"), 2, false);
  }

  @Test
  void everyCaseNamesABenchmarkAndNamesAreDistinct() {
    List<JmhCase> cases = suite.jmhCases(settings());
    Canned.assertNameBenchmarks(cases);
    assertThat(cases)
        .extracting(JmhCase::id)
        .doesNotHaveDuplicates()
        .contains("context/get/scopedValue/10", "context/wrap/ttl/1", "context/log/copy");
    assertThat(suite.programCases(settings()))
        .extracting(c -> c.id())
        .containsExactly("context/heap", "context/hand-off");
  }

  /** Each does what it says, once. */
  @Test
  void tasksRun() throws Exception {
    for (int values : ContextSuite.VALUES) {
      for (String carrier : ContextSuite.CARRIERS) {
        WrapBenchmark wrap = new WrapBenchmark();
        wrap.values = values;
        wrap.set(carrier);
        assertThat(WrapBenchmark.class.getMethod(carrier).invoke(wrap)).isEqualTo(1000);
        wrap.end();
        ElsewhereBenchmark elsewhere = new ElsewhereBenchmark();
        elsewhere.values = values;
        elsewhere.wrap(carrier);
        assertThat(ElsewhereBenchmark.class.getMethod(carrier).invoke(elsewhere)).isEqualTo(1);
      }
    }
    HandOff handOff = new HandOff();
    assertThat(handOff.run(0).values()).hasSize(2).allMatch(nanos -> nanos > 0);
    assertThat(handOff.ran()).isEqualTo(2 * 999);
    LogBenchmark log = new LogBenchmark();
    log.create();
    assertThat(log.adapter()).isEqualTo("value0");
    assertThat(log.copy()).isEqualTo("value0");
  }

  @Test
  void thePageHasAllThatWasMeasured() {
    String page =
        new ContextReport(
                new ContextFigures(
                    Canned.all(
                        suite,
                        settings(),
                        id -> id.contains("/ttl/") ? 500 : id.contains("/context/") ? 2 : 4,
                        List.of(
                            "context1",
                            "context10",
                            "inherited1",
                            "inherited10",
                            "raw",
                            "propagating"))))
            .markdown();
    assertThat(page)
        .contains("| get, 1 value | 1 platform | ≤ 1.4 × threadLocal | 0.50 (0.50–0.50) | ✓ met |")
        .contains("time of ttl | 1 platform | ≥ 300 × ours | 250 (250–250) | ✗ missed |")
        .contains(
            "Heap of a hundred thousand virtual threads", "A task that logs", "Through a pool")
        .doesNotContain("null");
    String nothing = new ContextReport(new ContextFigures(Canned.nothing())).markdown();
    assertThat(nothing).contains("not measured", "To repeat it").doesNotContain("Through a pool");
  }
}
