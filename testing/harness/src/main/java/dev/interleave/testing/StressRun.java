// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs what a {@link StressTest} describes, for as long as its annotation says. Made by JUnit; for
 * the thread of the test only.
 */
public final class StressRun {
  private final Duration time;
  private final long rounds;
  private final boolean failFast;
  private final @Nullable Seed seed;
  private final List<StressReport> reports = new ArrayList<>();

  StressRun(StressTest test, @Nullable Seed seed) {
    if (test.millis() <= 0) {
      throw new IllegalArgumentException("millis: " + test.millis());
    }
    if (test.rounds() <= 0) {
      throw new IllegalArgumentException("rounds: " + test.rounds());
    }
    this.time = Duration.ofMillis(test.millis());
    this.rounds = test.rounds();
    this.failFast = test.failFast();
    this.seed = seed;
  }

  /**
   * Runs a description and asserts that it holds.
   *
   * @param stress what to run; time, number of rounds and seed are those of the annotations, where
   *     they give one
   * @return the report
   * @throws AssertionError if it does not hold, as {@link StressReport#assertHolds()} does
   * @throws InterruptedException if the caller is interrupted
   */
  public StressReport check(Stress<?> stress) throws InterruptedException {
    if (seed != null) {
      stress.seed(seed.value());
      if (seed.round() >= 0) {
        stress.replay(seed.round());
      }
    }
    if (rounds != Long.MAX_VALUE) {
      stress.rounds(rounds);
    }
    if (failFast) {
      stress.failFast();
    }
    StressReport report = stress.run(time);
    reports.add(report);
    report.assertHolds();
    return report;
  }

  /** Returns the reports of all checks so far. */
  List<StressReport> reports() {
    return reports;
  }
}
