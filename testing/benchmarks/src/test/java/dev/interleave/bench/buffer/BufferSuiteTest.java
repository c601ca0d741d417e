// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interleave.bench.Canned;
import dev.interleave.bench.ProgramCase;
import dev.interleave.bench.Results;
import dev.interleave.bench.Settings;
import dev.interleave.bench.Svg;
import dev.interleave.bench.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BufferSuiteTest {
  private final BufferSuite suite = new BufferSuite();

  private static Settings settings(boolean quick) {
    return new Settings(quick, null, Path.of("out"), 3, false);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyBarIsMeasured(boolean quick) {
    List<Verdict> verdicts = BufferBars.judge(new BufferFigures(all(settings(quick), 1, 1)));
    assertThat(verdicts).hasSize(30).allSatisfy(v -> assertThat(v.met()).isNotNull());
  }

  @Test
  void everyCaseNamesABenchmarkOrAProgram() throws Exception {
    Canned.assertNameBenchmarks(suite.jmhCases(settings(false)));
    for (ProgramCase c : suite.programCases(settings(false))) {
      assertThat(c.main().getMethod("main", String[].class)).as(c.id()).isNotNull();
    }
  }

  @Test
  void namesAreDistinct() {
    List<String> ids = new ArrayList<>();
    suite.jmhCases(settings(false)).forEach(c -> ids.add(c.id()));
    suite.programCases(settings(false)).forEach(c -> ids.add(c.id()));
    assertThat(ids)
        .doesNotHaveDuplicates()
        .contains(
            "buffer/flow/BUFFER/4+4/1024/platform",
            "buffer/flow/ARRAY/1+8/16/virtual",
            "buffer/ping-pong/JOX/virtual",
            "buffer/uncontended/TRANSFER")
        .allMatch(id -> id.startsWith("buffer/"));
  }

  /** A program takes 0.4 s besides what it measures. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void takesNoLongerThanPromised(boolean quick) {
    Settings settings = settings(quick);
    double jmh = Canned.jmhSeconds(suite, settings);
    double programs =
        suite.programCases(settings).stream()
            .mapToDouble(c -> c.rounds() * (0.4 + seconds(c, quick)))
            .sum();
    assertThat((jmh + programs) / 60).isLessThan(quick ? 10 : 15);
  }

  private static double seconds(ProgramCase c, boolean quick) {
    return c.main() == Flow.class || c.main() == PingPong.class ? quick ? 1.3 : 2 : quick ? 4 : 9;
  }

  @Test
  void shapesHaveNames() {
    Shape batch = new Shape(4, 8, 16, true, 64);
    assertThat(batch).hasToString("4+8/16/virtual/64");
    assertThat(Shape.parse("4+8/16/virtual/64")).isEqualTo(batch);
    assertThat(Shape.parse("1+1/1024/platform")).isEqualTo(Shape.of(1, 1, 1024, false));
  }

  @ParameterizedTest
  @EnumSource
  void whatFlowsComesThrough(PassageKind kind) throws Exception {
    Shape shape = BufferSuite.played(kind, new Shape(2, 2, 16, false, batch(kind)));
    Flow flow = new Flow(kind.create(shape), shape);
    flow.start();
    while (flow.through() < 3 * Flow.BURST) {
      Thread.onSpinWait();
    }
    flow.end();
    assertThat(flow.through()).isGreaterThanOrEqualTo(3 * Flow.BURST);
  }

  private static int batch(PassageKind kind) {
    return kind == PassageKind.BUFFER_BATCH ? 64 : 1;
  }

  @Test
  void whatIsLostIsFound() throws Exception {
    Shape shape = Shape.of(1, 1, 1 << 14, false);
    Passage losing = new Losing(PassageKind.ARRAY.create(shape));
    Flow flow = new Flow(losing, shape);
    flow.start();
    while (flow.through() == 0) {
      Thread.onSpinWait();
    }
    assertThatIllegalStateException().isThrownBy(flow::end).withMessageContaining("but took");
  }

  /** Gives one item for another. */
  private record Losing(Passage passage) implements Passage {
    @Override
    public void put(Integer item) throws InterruptedException {
      passage.put(item == 77 ? 78 : item);
    }

    @Override
    public Integer take() throws InterruptedException {
      return passage.take();
    }

    @Override
    public Consumer consumer(Shape shape, Count count) {
      return new Singly(this, count);
    }
  }

  @Test
  void writesPageAndPlots(@TempDir Path out) throws IOException {
    suite.report(all(settings(true), 2, 4), out);
    String page = Files.readString(out.resolve("buffer.md"));
    assertThat(page)
        .contains("| BoundedBuffer | 2.0 | 2.0 | 2.0 | 2.0 |")
        .contains("| **× ArrayBlockingQueue** | **0.50 (0.50–0.50)** |")
        .contains("| items per second, capacity 1024 | 4+4 virtual | ≥ 2.5 × jox Channel | 0.50")
        .contains("✗ missed")
        .contains("| ArrayBlockingQueue | 250 | 250 |") // ns per round trip
        .contains(
            "| 1+1 platform, capacity 16 | LinkedTransferQueue | 0.50 (0.50–0.50) | it has no")
        .contains("](buffer-ratio.svg)", "](buffer-throughput.svg)")
        .doesNotContain("null", "NaN", "/tmp", "/home");
    for (String file : List.of("buffer-ratio.svg", "buffer-throughput.svg")) {
      assertThat(Svg.parse(Files.readString(out.resolve(file))).texts())
          .contains("jox Channel", "platform threads", "virtual threads");
    }
    assertThat(new BufferReport(new BufferFigures(all(settings(true), 50, 1))).markdown())
        .contains("none in this run");
  }

  @Test
  void anEmptyRunHasAPage() {
    BufferReport report = new BufferReport(new BufferFigures(Canned.nothing()));
    assertThat(report.charts()).isEmpty();
    assertThat(report.summary()).isEqualTo("0 of 0 bars met.");
    assertThat(report.markdown()).contains("not measured").doesNotContain(".svg", "null");
  }

  /** As if ours had measured one figure everywhere, and the others another one. */
  private Results all(Settings settings, double ours, double others) {
    return Canned.all(
        suite,
        settings,
        id -> id.startsWith("buffer/stats/") ? 1 : id.contains("/BUFFER") ? ours : others,
        List.of("itemsPerMicro", "tripsPerMicro", "percent", "medianMicros", "ratio"));
  }
}
