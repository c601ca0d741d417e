// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.bench.Canned;
import dev.interleave.bench.JmhCase;
import dev.interleave.bench.Results;
import dev.interleave.bench.Score;
import dev.interleave.bench.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StateSuiteTest {
  private final StateSuite suite = new StateSuite();

  private static Settings settings(boolean quick) {
    return new Settings(quick, null, Path.of("out"), quick ? 2 : 3, false);
  }

  @Test
  void everyCaseNamesABenchmarkAndNamesAreDistinct() {
    List<JmhCase> cases = suite.jmhCases(settings(false));
    Canned.assertNameBenchmarks(cases);
    assertThat(cases)
        .extracting(JmhCase::id)
        .doesNotHaveDuplicates()
        .contains("confined/submit/CONFINED/8v", "versioned/update/REENTRANT_LOCK/2p");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void takesNoLongerThanPromised(boolean quick) {
    double jmh = Canned.jmhSeconds(suite, settings(quick));
    assertThat(jmh / 60).isLessThan(quick ? 6 : 15);
  }

  @ParameterizedTest
  @EnumSource
  void ownersCount(OwnerKind kind) throws Exception {
    try (Owned owned = kind.create()) {
      for (int i = 0; i < 3 * Owned.CAPACITY; i++) {
        owned.submit();
      }
      assertThat(owned.call()).isEqualTo(3 * Owned.CAPACITY + 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void holdersCount(SharedKind kind) {
    Shared shared = kind.create();
    assertThat(shared.read().count()).isZero();
    assertThat(shared.update().count()).isOne();
    assertThat(shared.update()).isEqualTo(shared.read()).isEqualTo(new Shared.Value(2));
  }

  @Test
  void thePageHasAllThatWasMeasured() {
    List<Score> scores = new ArrayList<>();
    for (JmhCase c : suite.jmhCases(settings(true))) {
      scores.add(
          new Score(
              c.type().getSimpleName() + "." + c.method(),
              c.threads(),
              c.params(),
              c.params().containsValue("CONFINED") ? 3 : 1,
              0,
              "ops/us",
              Collections.nCopies(2, c.params().containsValue("CONFINED") ? 3.0 : 1.0),
              Map.of()));
    }
    Results results = new Results(scores, Canned.nothing().run());
    assertThat(new StateReport(results).markdown())
        .contains("| 2 platform threads | 1.00 ± 0.00 | 3.00 ± 0.00, **3.0 (3.0–3.0)**")
        .contains("`Confined.submit`", "`Confined.call`", "`VersionedState.update`")
        .doesNotContain("–,", "null");
    assertThat(new StateReport(Canned.nothing()).markdown())
        .contains("To repeat it")
        .doesNotContain("`Confined.submit`");
  }
}
