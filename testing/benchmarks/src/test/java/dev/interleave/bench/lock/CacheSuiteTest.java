// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.bench.Canned;
import dev.interleave.bench.JmhCase;
import dev.interleave.bench.Settings;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CacheSuiteTest {
  private final CacheSuite suite = new CacheSuite();

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
        .contains("cache/CONCURRENT_HASH_MAP/w10/8v");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void takesNoLongerThanPromised(boolean quick) {
    assertThat(Canned.jmhSeconds(suite, settings(quick)) / 60).isLessThan(quick ? 4 : 9);
  }

  /** What is compared must do the same. */
  @ParameterizedTest
  @EnumSource
  void keepsTheLastValueOfEachKey(CacheKind kind) {
    CacheKind.Cache cache = kind.create();
    assertThat(cache.get(1)).isNull();
    cache.put(1, "one");
    cache.put(2, "two");
    cache.put(1, "won");
    assertThat(cache.get(1)).isEqualTo("won");
    assertThat(cache.get(2)).isEqualTo("two");
  }

  @Test
  void thePageSetsOursInRelationToTheOthers() {
    String page =
        CacheSuite.markdown(
            Canned.all(
                suite, settings(true), id -> id.startsWith("cache/BIASED/") ? 3 : 6, List.of()));
    assertThat(page)
        .containsSubsequence(
            "## 2 platform threads",
            "| M ops/s | read only | 99/1 | 90/10 | 50/50 |",
            "| HashMap, BiasedReadWriteLock | 3.0 | 3.0 | 3.0 | 3.0 |",
            "| ConcurrentHashMap | 6.0 | 6.0 | 6.0 | 6.0 |",
            "| **× ConcurrentHashMap** | **0.50 (0.50–0.50)** |",
            "## 8 virtual threads");
  }

  @Test
  void whatWasNotMeasuredIsNotOnThePage() {
    assertThat(CacheSuite.markdown(Canned.nothing()))
        .contains("## To repeat it")
        .doesNotContain("platform threads");
  }
}
