// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.bench.Canned;
import dev.interleave.bench.Results;
import dev.interleave.bench.Settings;
import dev.interleave.bench.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LockSuiteTest {
  private final LockSuite suite = new LockSuite();

  private static Settings settings(boolean quick) {
    return new Settings(quick, null, Path.of("out"), quick ? 2 : 3, false);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyBarIsMeasured(boolean quick) {
    List<Verdict> verdicts = LockBars.judge(new LockFigures(allOnes(settings(quick))));
    assertThat(verdicts).hasSize(35).allSatisfy(v -> assertThat(v.met()).isNotNull());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyCaseNamesABenchmark(boolean quick) {
    Canned.assertNameBenchmarks(suite.jmhCases(settings(quick)));
  }

  @Test
  void namesAreDistinct() {
    List<String> ids = new ArrayList<>();
    suite.jmhCases(settings(false)).forEach(c -> ids.add(c.id()));
    suite.programCases(settings(false)).forEach(c -> ids.add(c.id()));
    assertThat(ids).doesNotHaveDuplicates().contains("mix/BIASED/w10/8v", "writer/RRWL/platform");
  }

  /** A program takes at most 10 s. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void takesNoLongerThanPromised(boolean quick) {
    Settings settings = settings(quick);
    double jmh = Canned.jmhSeconds(suite, settings);
    double programs =
        suite.programCases(settings).stream()
            .mapToDouble(c -> c.rounds() * (c.main() == RetainedHeap.class ? 10 : 3))
            .sum();
    assertThat((jmh + programs) / 60).isLessThan(quick ? 6 : 25);
  }

  @Test
  void writesPageAndPlots(@TempDir Path out) throws IOException {
    suite.report(Canned.results(), out);
    try (var files = Files.list(out)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "lock.md",
              "lock-ratio.svg",
              "lock-throughput.svg",
              "lock-writer-wait.svg",
              "lock-optimistic.svg");
    }
  }

  private Results allOnes(Settings settings) {
    List<String> names =
        List.of(
            "medianMicros",
            "p99Micros",
            "correctedMedianMicros",
            "correctedP99Micros",
            "aliveBytes",
            "endedBytes");
    return Canned.all(
        suite,
        settings,
        id -> 1,
        Stream.concat(names.stream(), names.stream().map(RetainedHeap::beside)).toList());
  }
}
