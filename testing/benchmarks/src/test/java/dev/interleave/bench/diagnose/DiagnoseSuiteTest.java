// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.bench.Canned;
import dev.interleave.bench.JmhCase;
import dev.interleave.bench.Results;
import dev.interleave.bench.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.annotations.Benchmark;

class DiagnoseSuiteTest {
  private final DiagnoseSuite suite = new DiagnoseSuite();

  private static Settings settings(boolean quick) {
    return new Settings(quick, null, Path.of("out"), quick ? 2 : 3, false);
  }

  @Test
  void everyCaseNamesABenchmarkAndNamesAreDistinct() {
    List<String> ids = new ArrayList<>();
    for (JmhCase c : suite.jmhCases(settings(false))) {
      ids.add(c.id());
      assertThat(c.type().getMethods())
          .as(c.id())
          .anyMatch(m -> m.getName().equals(c.method()) && m.isAnnotationPresent(Benchmark.class));
    }
    suite.programCases(settings(false)).forEach(c -> ids.add(c.id()));
    assertThat(ids)
        .doesNotHaveDuplicates()
        .allMatch(id -> id.startsWith("diagnose/"))
        .contains("diagnose/nested/two/WATCHED", "diagnose/abba/GUAVA_THROW/virtual");
  }

  /** A program takes at most 15 s. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void takesNoLongerThanPromised(boolean quick) {
    double jmh = Canned.jmhSeconds(suite, settings(quick));
    int programs = suite.programCases(settings(quick)).stream().mapToInt(c -> 15).sum();
    assertThat((jmh + programs) / 60).isLessThan(quick ? 6 : 10);
  }

  /** Before their steady state ordered keys look several times slower than they are. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void locksByKeyWarmUpUntilTheirSteadyState(boolean quick) {
    assertThat(suite.jmhCases(settings(quick)))
        .filteredOn(c -> c.type() == KeysBenchmark.class)
        .isNotEmpty()
        .allSatisfy(c -> assertThat(c.warmUpMillis()).isGreaterThanOrEqualTo(4000));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyBarIsMeasured(boolean quick) {
    DiagnoseFigures figures = new DiagnoseFigures(allOnes(settings(quick)));
    assertThat(DiagnoseBars.judge(figures))
        .hasSize(18)
        .allSatisfy(v -> assertThat(v.met()).isNotNull());
    assertThat(new DiagnoseReport(figures).summary())
        .startsWith("16 of 18 bars met; missed: one lock, WatchedLock, order checked, speed");
  }

  @ParameterizedTest
  @EnumSource
  void locksExcludeAndKnowTheirRefusals(MutexKind kind) throws InterruptedException {
    Lock lock = kind.mutexes().create("a");
    lock.lock();
    try {
      Thread thread = Thread.ofVirtual().start(() -> assertNotFree(lock));
      thread.join();
    } finally {
      lock.unlock();
    }
    assertThat(kind.isRefusal(new IllegalStateException("something else"))).isFalse();
  }

  private static void assertNotFree(Lock lock) {
    assertThat(lock.tryLock()).isFalse();
  }

  @Test
  void writesPageAndPlots(@TempDir Path out) throws IOException {
    suite.report(allOnes(settings(true)), out);
    try (var files = Files.list(out)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "diagnose.md", "diagnose-nested.svg", "diagnose-contended.svg", "diagnose-abba.svg");
    }
    assertThat(Files.readString(out.resolve("diagnose.md")))
        .contains("| one lock | 1.0 | 1.0, **1.00 (1.00–1.00)** |")
        .contains("| 2 platform | Guava, THROW | 1 | 1 | 1 | 1 | 1.0 | 1.0 |")
        .contains("✓ met")
        .doesNotContain("null", "/usr", "/home", "/tmp");
  }

  @Test
  void aPageOfNothingSaysSo() {
    DiagnoseReport report = new DiagnoseReport(new DiagnoseFigures(Canned.nothing()));
    assertThat(report.charts()).isEmpty();
    assertThat(report.markdown()).doesNotContain(".svg").contains("not measured");
    assertThat(report.summary()).isEqualTo("0 of 0 bars met.");
  }

  private Results allOnes(Settings settings) {
    return Canned.all(
        suite,
        settings,
        id -> 1,
        List.of(
            "rounds",
            "oneRefused",
            "bothRefused",
            "deadlocked",
            "medianMicros",
            "maxMicros",
            "medianMillis",
            "maxMillis",
            "firstMillis"));
  }
}
