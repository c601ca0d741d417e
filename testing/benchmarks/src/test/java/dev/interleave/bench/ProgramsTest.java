// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interleave.bench.lock.WriterWait;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramsTest {
  @ParameterizedTest
  @ValueSource(strings = {"platform", "virtual"})
  void runsAProgramAndReadsItsFigures(String threads) throws IOException, InterruptedException {
    Map<String, Double> figures = Programs.run(writer("BIASED", threads));
    assertThat(figures)
        .containsOnlyKeys(
            "medianMicros",
            "p90Micros",
            "p99Micros",
            "maxMicros",
            "correctedMedianMicros",
            "correctedP99Micros",
            "writesPerSecond",
            "readsPerMicro");
    assertThat(figures.get("medianMicros"))
        .isPositive()
        .isLessThanOrEqualTo(figures.get("p99Micros"));
    assertThat(figures.get("writesPerSecond")).isPositive().isLessThan(1_200);
  }

  @ParameterizedTest
  @ValueSource(strings = "NO_SUCH_LOCK")
  void failsIfTheProgramFails(String kind) {
    assertThatIllegalStateException()
        .isThrownBy(() -> Programs.run(writer(kind, "platform")))
        .withMessageContaining("exit code 1");
  }

  private static ProgramCase writer(String kind, String threads) {
    return new ProgramCase(
        "test",
        WriterWait.class,
        List.of(kind, threads, "5", "50"),
        List.of("-XX:+UseSerialGC"),
        1);
  }
}
