// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.SAME_THREAD)
class RepeatUntilFailureTest {
  private static final List<RunInfo> RUNS = new ArrayList<>();

  @BeforeEach
  void forget() {
    RUNS.clear();
  }

  @Test
  void stopsAtTheFirstFailureAndSaysWhichItWas() {
    ExtensionRun run = ExtensionRun.of(FailsAtSeven.class);
    assertThat(RUNS).extracting(RunInfo::run).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
    RunInfo last = RUNS.get(6);
    assertThat(run.started()).hasSize(7).last().isEqualTo("run 7, seed " + last.seed());
    assertThat(run.failure()).hasMessage("wrong");
    assertThat(run.failure().getSuppressed()[0])
        .hasMessage(
            "failed in run 7, seed "
                + last.seed()
                + ", after 6 that passed; alone by @RepeatUntilFailure(only = 7)");
  }

  @Test
  void oneRunIsRepeatedAloneWithItsSeed() {
    ExtensionRun.of(FailsAtSeven.class);
    RunInfo seventh = RUNS.get(6);
    RUNS.clear();
    ExtensionRun run = ExtensionRun.of(OnlySeven.class);
    assertThat(RUNS).containsExactly(seventh);
    assertThat(run.failures()).hasSize(1);
  }

  @Test
  void seedsDifferFromRunToRunAndAreTheSameEachTime() {
    ExtensionRun.of(Passes.class);
    assertThat(RUNS).hasSize(20).extracting(RunInfo::seed).doesNotHaveDuplicates();
    assertThat(RUNS.get(0).seed()).isEqualTo(42);
    List<RunInfo> before = List.copyOf(RUNS);
    RUNS.clear();
    assertThat(ExtensionRun.of(Passes.class).failures()).isEmpty();
    assertThat(RUNS).isEqualTo(before);
  }

  @Test
  void stopsWhenTheTimeIsOver() {
    long start = System.nanoTime();
    ExtensionRun run = ExtensionRun.of(Timed.class);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_000_000_000L);
    assertThat(run.failures()).isEmpty();
    assertThat(run.started()).hasSizeGreaterThan(1);
  }

  @Test
  void failureAfterTheTestCountsToo() {
    ExtensionRun run = ExtensionRun.of(FailsAfterwards.class);
    assertThat(run.started()).hasSize(3);
    assertThat(run.failure()).hasMessage("left behind");
    assertTellsRun(run.failure(), 3);
  }

  @Test
  void failureBeforeTheTestCountsToo() {
    ExtensionRun run = ExtensionRun.of(FailsBefore.class);
    assertThat(run.started()).hasSize(3);
    assertThat(run.failure()).hasMessage("not ready");
    assertTellsRun(run.failure(), 3);
  }

  @ParameterizedTest
  @ValueSource(classes = {ExtensionFails.class, ConstructorFails.class})
  void failureOfAnExtensionOrConstructorCountsToo(Class<?> type) {
    ExtensionRun run = ExtensionRun.of(type);
    assertThat(run.started()).hasSize(3);
    assertThat(run.failure()).hasMessage("run 3");
    assertTellsRun(run.failure(), 3);
  }

  private static void assertTellsRun(Throwable failure, long run) {
    assertThat(failure.getSuppressed())
        .extracting(Throwable::getMessage)
        .singleElement()
        .asString()
        .startsWith("failed in " + RunInfo.of(run, 42) + ", after " + (run - 1) + " that passed;");
  }

  @Test
  void assumptionThatFailsEndsIt() {
    assertThat(ExtensionRun.of(Assuming.class).started()).hasSize(1);
  }

  @Test
  void descriptionIsChecked() {
    assertThat(ExtensionRun.containerFailure(Endless.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs times or seconds");
    assertThat(ExtensionRun.containerFailure(Negative.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("times: -1");
  }

  static class FailsAtSeven {
    @RepeatUntilFailure(times = 100)
    void test(RunInfo run) {
      RUNS.add(run);
      if (run.run() == 7) {
        throw new IllegalStateException("wrong");
      }
    }
  }

  static class OnlySeven {
    @RepeatUntilFailure(times = 100, only = 7)
    void test(RunInfo run) {
      RUNS.add(run);
      throw new IllegalStateException("wrong");
    }
  }

  static class Passes {
    @RepeatUntilFailure(times = 20)
    void test(RunInfo run) {
      RUNS.add(run);
    }
  }

  static class Timed {
    @RepeatUntilFailure(seconds = 1)
    void test() {}
  }

  static class FailsAfterwards {
    @RepeatUntilFailure(times = 100)
    void test(RunInfo run) {
      RUNS.add(run);
    }

    @AfterEach
    void check() {
      if (RUNS.size() == 3) {
        throw new IllegalStateException("left behind");
      }
    }
  }

  static class FailsBefore {
    @BeforeEach
    void check() {
      if (RUNS.size() == 2) {
        throw new IllegalStateException("not ready");
      }
    }

    @RepeatUntilFailure(times = 100)
    void test(RunInfo run) {
      RUNS.add(run);
    }
  }

  @ExtendWith(ThirdFails.class)
  static class ExtensionFails {
    @RepeatUntilFailure(times = 100)
    void test(RunInfo run) {
      RUNS.add(run);
    }
  }

  static class ThirdFails implements AfterEachCallback {
    @Override
    public void afterEach(ExtensionContext context) {
      if (RUNS.size() == 3) {
        throw new IllegalStateException("run 3");
      }
    }
  }

  static class ConstructorFails {
    ConstructorFails() {
      if (RUNS.size() == 2) {
        throw new IllegalStateException("run 3");
      }
    }

    @RepeatUntilFailure(times = 100)
    void test(RunInfo run) {
      RUNS.add(run);
    }
  }

  static class Assuming {
    @RepeatUntilFailure(times = 100)
    void test() {
      Assumptions.abort("never");
    }
  }

  static class Endless {
    @RepeatUntilFailure
    void test() {}
  }

  static class Negative {
    @RepeatUntilFailure(times = -1)
    void test() {}
  }
}
