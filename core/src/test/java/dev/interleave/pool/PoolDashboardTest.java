// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.interleave.Deadline;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.Waiting;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

@NoThreadLeaks(ignoring = PoolKind.CLOCKS)
class PoolDashboardTest {
  private static final Pattern SVG = Pattern.compile("<svg.*?</svg>", Pattern.DOTALL);

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  @Test
  void pageShowsThePoolOverTimeAndWhatRuns(@TempDir Path folder) throws Exception {
    try (MonitoredPool pool = MonitoredPool.builder("jobs").threads(1, 2).build();
        PoolDashboard dashboard = PoolDashboard.onDemand(pool)) {
      Blocker named = new Blocker(false);
      CompletableFuture<String> future = pool.submit("nightly", named, Deadline.none());
      named.awaitBegun();
      dashboard.sample();
      assertThat(pool.submit(() -> "done").get()).isEqualTo("done");
      dashboard.sample();
      assertThat(dashboard.size()).isEqualTo(3);
      Path file = folder.resolve("pool.html");
      dashboard.write(file);
      String page = Files.readString(file);
      assertThat(page)
          .startsWith("<!DOCTYPE html>")
          .contains("<title>Pool jobs</title>", "3 samples")
          .contains("<dt>threads</dt><dd>2 of 1 to 2</dd>")
          .contains("<dt>completed</dt><dd>1</dd>")
          .contains("<td>nightly</td>", "dev.interleave.pool.Blocker.call")
          .doesNotContain("NaN", "Infinity", "null", "http", "<script", "<link", "src=");
      Matcher charts = SVG.matcher(page);
      int drawn = 0;
      while (charts.find()) {
        drawn++;
        assertThat(parse(charts.group()).getElementsByTagName("path").getLength())
            .isGreaterThanOrEqualTo(4); // three of the grid, and a line
      }
      assertThat(drawn).isEqualTo(5);
      named.letGo();
      assertThat(future.get()).isEqualTo("let go");
    }
  }

  /** A name is the user's, and may be anything. */
  @Test
  void namesAreEscaped() throws Exception {
    try (MonitoredPool pool = MonitoredPool.builder("<script>alert(1)</script>").build();
        PoolDashboard dashboard = PoolDashboard.onDemand(pool)) {
      Blocker named = new Blocker(false);
      CompletableFuture<String> future =
          pool.submit("\"&<img src=x onerror=y>\u0000", named, Deadline.none());
      named.awaitBegun();
      assertThat(dashboard.html())
          .contains("Pool &lt;script&gt;alert(1)&lt;/script&gt;")
          .contains("&quot;&amp;&lt;img src=x onerror=y&gt;?")
          .doesNotContain("<script", "<img");
      named.letGo();
      assertThat(future.get()).isEqualTo("let go");
    }
  }

  /** What was between two samples, not since the beginning. */
  @Test
  void ratesAndPercentilesAreThoseOfThePeriod() {
    LogHistogram waits = new LogHistogram(false);
    waits.record(1_000_000_000);
    long[] before = LogHistogram.counts(List.of(waits));
    for (int i = 0; i < 100; i++) {
      waits.record(15);
    }
    long[] after = LogHistogram.counts(List.of(waits));
    assertThat(LogHistogram.quantile(before, after, 50)).isEqualTo(Duration.ofNanos(15));
    assertThat(LogHistogram.quantile(before, after, 99)).isEqualTo(Duration.ofNanos(15));
    assertThat(LogHistogram.quantile(after, after, 99)).isZero();
    try (MonitoredPool pool = MonitoredPool.builder("jobs").build()) {
      PoolStats stats = pool.stats();
      PoolLook first = new PoolLook(0, stats, before, before);
      PoolLook second = new PoolLook(2_000_000_000L, stats, after, after);
      PoolSample sample = PoolSample.of(first, second);
      assertThat(sample.seconds()).isEqualTo(2);
      assertThat(sample.waitMicros().p99()).isEqualTo(0.015);
      assertThat(sample.endedPerSecond()).isZero();
      assertThat(PoolSample.of(null, second).runMicros()).isEqualTo(PoolSample.Middle.NONE);
    }
  }

  @Test
  void samplesAreTakenPeriodicallyUntilThePoolEnds() throws Exception {
    MonitoredPool pool = MonitoredPool.builder("jobs").build();
    PoolDashboard dashboard = PoolDashboard.every(Duration.ofMillis(10), pool);
    Waiting.until(() -> dashboard.size() >= 3, Blocker.PATIENCE, pool::toString);
    pool.close();
    String thread = "interleave-dashboard-jobs";
    Waiting.until(() -> !isAlive(thread), Blocker.PATIENCE, pool::toString);
    assertThat(dashboard.html()).contains(", shut down;", "Nothing runs");
  }

  @Test
  void closeEndsTheThreadAndLeavesThePoolAlone() throws Exception {
    try (MonitoredPool pool = MonitoredPool.builder("jobs").build()) {
      PoolDashboard dashboard = PoolDashboard.every(Duration.ofDays(1), pool);
      dashboard.close();
      dashboard.close();
      Waiting.until(() -> !isAlive("interleave-dashboard-jobs"), Blocker.PATIENCE, pool::toString);
      dashboard.sample();
      assertThat(dashboard.size()).isOne();
      assertThat(dashboard.html()).contains("1 sample<");
      assertThat(pool.submit(() -> "still there").get()).isEqualTo("still there");
    }
  }

  private static boolean isAlive(String thread) {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(alive -> alive.getName().equals(thread));
  }

  @Test
  void onlyTheNewestAreKept() {
    try (MonitoredPool pool = MonitoredPool.builder("jobs").build();
        PoolDashboard dashboard = PoolDashboard.onDemand(pool)) {
      for (int i = 0; i < PoolDashboard.KEPT + 10; i++) {
        dashboard.sample();
      }
      assertThat(dashboard.size()).isEqualTo(PoolDashboard.KEPT);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> PoolDashboard.every(Duration.ofMillis(9), pool))
          .withMessage("period is less than 10 ms: PT0.009S");
    }
  }

  @Test
  void axesEndAtRoundFigures() {
    assertThat(LineChart.roundUp(0)).isEqualTo(1);
    assertThat(LineChart.roundUp(3)).isEqualTo(5);
    assertThat(LineChart.roundUp(1_001)).isEqualTo(2_000);
    assertThat(LineChart.roundUp(6_000)).isEqualTo(10_000);
    assertThat(LineChart.figure(0)).isEqualTo("0");
    assertThat(LineChart.figure(0.012_345)).isEqualTo("0.0123");
    assertThat(LineChart.figure(12_345)).isEqualTo("12,345");
  }
}
