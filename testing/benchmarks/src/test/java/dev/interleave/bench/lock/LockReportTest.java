// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.bench.Canned;
import dev.interleave.bench.Svg;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockReportTest {
  private final LockReport report = new LockReport(new LockFigures(Canned.results()));
  private final String page = report.markdown();

  /** The line that begins with these cells. */
  private String row(String... cells) {
    String start = "| " + String.join(" | ", cells) + " |";
    List<String> rows = page.lines().filter(line -> line.startsWith(start)).toList();
    assertThat(rows).as("rows beginning with " + start + " in\n" + page).hasSize(1);
    return rows.getFirst();
  }

  @Test
  void saysWhereAndHowItWasMeasured() {
    assertThat(row("processor")).contains("Test & Co <CPU>, 2 cores");
    assertThat(row("JDK")).contains("Vendor 25");
    assertThat(row("JVM flags")).contains("-Xms2g -Xmx2g");
    assertThat(row("JMH")).contains("1.37");
    assertThat(row("date")).contains("2026-01-02");
    assertThat(row("commit")).contains("0123456789ab");
    assertThat(row("forks")).contains("2 rounds").contains("quick");
    assertThat(row("iterations per fork")).contains("2 × 250 ms warm-up, 2 × 250 ms measured");
    assertThat(row("state in round 1")).contains("core to core 67 ns, arithmetic 1.9 ns");
    assertThat(row("state in round 2")).contains("core to core 36 ns");
    assertThat(row("disturbed by others")).contains("mix/RRWL/w0/2p");
  }

  @Test
  void tabulatesThroughputWithErrorAndRatios() {
    String part = page.substring(page.indexOf("### 2 platform threads"));
    assertThat(part)
        .contains("| M ops/s | read only | 50/50 |")
        .contains("| BiasedReadWriteLock | 250 ± 13 | 23 ± 1.0 |")
        .contains("| ReentrantReadWriteLock | 18 ± 1.5 | 30 ± 1.0 |")
        .contains("| StampedLock | 50 ± 2.0 | 38 ± 1.0 |")
        .contains("| **× ReentrantReadWriteLock** | **15 (10–20)** | **0.75 (0.70–0.80)** |")
        .contains("| **× StampedLock** | **5.0 (5.0–5.0)** | **0.60 (0.60–0.60)** |");
    assertThat(page).contains("### 8 virtual threads").doesNotContain("### 8 platform threads");
  }

  @Test
  void judgesByTheMedianOfTheRounds() {
    assertThat(row("read only", "2 platform threads", "≥ 10 × ReentrantReadWriteLock"))
        .contains("15 (10–20)")
        .contains("✓ met");
    assertThat(row("read only", "2 platform threads", "≥ 5 × StampedLock")).contains("✓ met");
    assertThat(row("50/50", "2 platform threads", "≥ 0.9 × ReentrantReadWriteLock"))
        .contains("0.75")
        .contains("✗ missed");
    assertThat(row("90/10", "8 virtual threads")).contains("2.0 (2.0–2.0)").contains("✓ met");
    assertThat(row("99/1", "8 platform threads")).contains("not measured");
    assertThat(row("optimistic read", "1 platform thread", "≥ 0.7 × StampedLock"))
        .contains("0.63 (0.50–0.75)")
        .contains("✗ missed");
    assertThat(row("wait of a writer every ms, median", "4 platform readers"))
        .contains("0.50")
        .contains("✓ met");
    assertThat(row("wait of a writer every ms, p99", "4 platform readers"))
        .contains("1.5")
        .contains("✗ missed");
    assertThat(row("wait of a writer every ms, corrected median", "4 platform readers"))
        .contains("0.035")
        .contains("✓ met");
    assertThat(row("retained per thread that read once", "100,000 virtual threads, still alive"))
        .contains("0.050 bytes")
        .contains("✓ met");
  }

  @Test
  void summaryNamesWhatWasMissed() {
    assertThat(report.summary())
        .startsWith("8 of 11 bars met; missed: 50/50 (2 platform threads): 0.75 (0.70–0.80), bar")
        .contains("optimistic read (1 platform thread)")
        .contains("p99");
    assertThat(page).contains(report.summary());
  }

  @Test
  void saysWhereItLoses() {
    String part = page.substring(page.indexOf("## Where it loses"), page.indexOf("## A writer"));
    assertThat(part)
        .contains("| 50/50 | 2 platform threads | ReentrantReadWriteLock | 0.75 (0.70–0.80) |")
        .contains("| 50/50 | 2 platform threads | StampedLock | 0.60 (0.60–0.60) |")
        .doesNotContain("read only");
  }

  @Test
  void tabulatesTheRest() {
    assertThat(row("platform", "BiasedReadWriteLock"))
        .contains("| 30 | 100 | 1,500 | 11,000 | 35 | 1,600 |");
    assertThat(row("`try (var g = lock.read())`")).contains("8.5 ± 0.25");
    assertThat(page)
        .contains("| BiasedReadWriteLock | 0.05 | 0.05 | -0.04 | 0.05 |")
        .contains("| ReentrantReadWriteLock | 1.20 | 104.00 | 0.00 | 0.00 |");
  }

  @Test
  void drawsRatiosAgainstTheLineAtOne() {
    Svg svg = Svg.parse(requireNonNull(report.charts().get("lock-ratio.svg")));
    assertThat(svg.texts())
        .contains("times", "1×", "10×", "2 platform threads", "8 virtual threads", "50/50")
        .contains("15", "0.75", "2.0");
  }

  @Test
  void drawsThroughputWaitsAndOptimisticReads() {
    assertThat(texts("lock-throughput.svg")).contains("million operations / s", "250", "18", "50");
    assertThat(texts("lock-writer-wait.svg")).contains("µs", "4 platform readers", "30", "1,500");
    assertThat(texts("lock-optimistic.svg")).contains("1 platform thread", "300", "500", "800");
  }

  private List<String> texts(String file) {
    return Svg.parse(requireNonNull(report.charts().get(file))).texts();
  }

  @Test
  void pageShowsExactlyThePlotsThatExist() {
    for (String file : report.charts().keySet()) {
      assertThat(page).contains("](" + file + ")");
    }
    LockReport empty = new LockReport(new LockFigures(Canned.nothing()));
    assertThat(empty.charts()).isEmpty();
    assertThat(empty.markdown()).doesNotContain(".svg").contains("not measured");
    assertThat(empty.summary()).isEqualTo("0 of 0 bars met.");
  }

  @Test
  void noPathOfThisMachineGetsIntoThePage() {
    assertThat(page).doesNotContain("/usr").doesNotContain("/home").doesNotContain("/tmp");
  }
}
