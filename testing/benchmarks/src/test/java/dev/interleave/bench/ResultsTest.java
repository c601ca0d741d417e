// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultsTest {
  private final Results results = Canned.results();

  @Test
  void readsWhatJmhWrote() {
    Score score = results.scores().getFirst();
    assertThat(score.benchmark()).isEqualTo("MixBenchmark.operation");
    assertThat(score.params()).isEqualTo(Map.of("lock", "BIASED", "writePercent", "0"));
    assertThat(score.threads()).isEqualTo(ThreadSetting.platform(2));
    assertThat(score.mean()).isEqualTo(250.0);
    assertThat(score.error()).isEqualTo(12.5);
    assertThat(score.unit()).isEqualTo("ops/us");
    assertThat(score.rounds()).containsExactly(200.0, 300.0);
  }

  @Test
  void tellsVirtualThreadsFromPlatformThreads() {
    assertThat(results.scores().getLast().threads()).isEqualTo(ThreadSetting.virtual(8));
  }

  @Test
  void readsAllocationAndMissingErrors() {
    assertThat(score("UncontendedBenchmark.readGuard").secondary())
        .containsKey("gc.alloc.rate.norm");
    assertThat(score("OptimisticBenchmark.bare").error()).isNaN();
  }

  private Score score(String benchmark) {
    return results.scores().stream()
        .filter(score -> score.benchmark().equals(benchmark))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void findsFiguresOfPrograms() {
    assertThat(results.figures("writer/RRWL/platform", "medianMicros")).isEqualTo(List.of(60.0));
    assertThat(results.figures("writer/RRWL/platform", "noSuchFigure")).isEmpty();
    assertThat(results.figures("no/such/program", "medianMicros")).isEmpty();
  }
}
