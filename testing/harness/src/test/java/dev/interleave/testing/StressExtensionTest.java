// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.OutputDirectoryCreator;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.FileEntry;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.EventType;
import org.junit.platform.testkit.engine.Events;

/** What {@link StressTest} and {@link Seed} do to a test. */
class StressExtensionTest {
  private static final List<StressReport> REPORTS = new ArrayList<>();

  @TempDir Path folder;

  @StressTest(rounds = 100)
  void passesWhatHolds(StressRun run) throws InterruptedException {
    StressReport report = run.check(counter().expect(2, "both counted"));
    assertThat(report.rounds()).isEqualTo(100);
  }

  @StressTest(rounds = 10)
  @Seed(42)
  void takesTheSeedOfTheAnnotation(StressRun run) throws InterruptedException {
    assertThat(run.check(counter().expect(2, "").seed(1)).seed()).isEqualTo(42);
  }

  @Nested
  @Seed(value = 7, round = 3)
  class SeedOfTheClass {
    @StressTest(rounds = 10)
    void counts(StressRun run) throws InterruptedException {
      StressReport report = run.check(counter().interesting(2, ""));
      assertThat(report.seed()).isEqualTo(7);
      assertThat(report.perturbedRounds()).isEqualTo(10);
      assertThat(report.outcomes().get(0).perturbedRound()).hasValue(3);
    }

    @Nested
    class AndInside {
      @StressTest(rounds = 10)
      void countsToo(StressRun run) throws InterruptedException {
        assertThat(run.check(counter().expect(2, "")).seed()).isEqualTo(7);
      }

      @StressTest(rounds = 10)
      @Seed(8)
      void butTheOneAtTheMethodGoesFirst(StressRun run) throws InterruptedException {
        assertThat(run.check(counter().expect(2, "")).seed()).isEqualTo(8);
      }
    }
  }

  @Test
  void failsWithTheReportAndPublishesThePage() throws Exception {
    Events all = run("findsSomething");
    assertThat(failure(all))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("FORBIDDEN")
        .hasMessageContaining("seed 42");
    List<FileEntry> files =
        all.filter(event -> event.getType() == EventType.FILE_ENTRY_PUBLISHED)
            .map(event -> event.getRequiredPayload(FileEntry.class))
            .toList();
    assertThat(files).hasSize(1);
    Path page = files.get(0).getPath();
    assertThat(page).hasFileName("stress-1.html");
    assertThat(Files.readString(page)).contains("FORBIDDEN", "seed 42");
    assertThat(files.get(0).getMediaType()).hasValue("text/html");
  }

  @Test
  void failsIfNothingWasChecked() {
    assertThat(failure(run("checksNothing"))).hasMessageContaining("checked nothing");
    assertThat(failure(run("asksForNothing"))).hasMessageContaining("checked nothing");
  }

  @Test
  void refusesTimesThatAreNone() {
    assertThat(failure(run("takesNoTime"))).hasStackTraceContaining("millis: 0");
    assertThat(failure(run("takesNoRounds"))).hasStackTraceContaining("rounds: -1");
  }

  @Test
  void propertyGoesFirst() {
    REPORTS.clear();
    System.setProperty(Stress.SEED_PROPERTY, "5:6");
    try {
      failure(run("findsSomething"));
    } finally {
      System.clearProperty(Stress.SEED_PROPERTY);
    }
    assertThat(REPORTS)
        .singleElement()
        .satisfies(report -> {
          assertThat(report.seed()).isEqualTo(5);
          assertThat(report.roundToRepeat()).hasValue(6);
        });
  }

  /** Where published files go. */
  private record Folder(Path path) implements OutputDirectoryCreator {
    @Override
    public Path getRootDirectory() {
      return path;
    }

    @Override
    public Path createOutputDirectory(TestDescriptor test) {
      return path;
    }
  }

  private Events run(String method) {
    String parameters = method.equals("asksForNothing") ? "" : StressRun.class.getName();
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectMethod(Cases.class, method, parameters))
        .outputDirectoryCreator(new Folder(folder))
        .execute()
        .allEvents();
  }

  private static Throwable failure(Events events) {
    return events
        .failed()
        .map(event -> event.getRequiredPayload(TestExecutionResult.class))
        .flatMap(result -> result.getThrowable().stream())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no test failed"));
  }

  private static Stress<AtomicLong> counter() {
    return Stress.on(AtomicLong::new)
        .actor("a", AtomicLong::incrementAndGet)
        .actor("b", AtomicLong::incrementAndGet)
        .arbiter(AtomicLong::get);
  }

  static class Cases {
    @StressTest(millis = 60_000)
    @Seed(42)
    void findsSomething(StressRun run) throws InterruptedException {
      try {
        run.check(counter().forbid(2, "both counted"));
      } finally {
        REPORTS.addAll(run.reports());
      }
    }

    @StressTest
    void checksNothing(StressRun run) {
      assertThat(run).isNotNull();
    }

    @StressTest
    void asksForNothing() {}

    @StressTest(millis = 0)
    void takesNoTime(StressRun run) {}

    @StressTest(rounds = -1)
    void takesNoRounds(StressRun run) {}
  }
}
