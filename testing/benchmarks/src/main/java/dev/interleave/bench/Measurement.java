// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.util.Version;

/** Runs what was asked of a suite, in rounds, and keeps the files up to date after each. */
final class Measurement {
  private final Settings settings;
  private final Suite suite;
  private final List<JmhCase> benchmarks;
  private final List<ProgramCase> others;
  private final Clock clock = new Clock();
  private final Attempts attempts;
  private final Machine machine = Machine.here();
  private final List<Calibration> calibrations = new ArrayList<>();
  private final List<Run.Program> programs = new ArrayList<>();

  /**
   * Selects what to run.
   *
   * @throws IllegalArgumentException if that is nothing
   */
  Measurement(Settings settings, Suite suite) {
    this.settings = settings;
    this.suite = suite;
    benchmarks = suite.jmhCases(settings).stream().filter(c -> settings.includes(c.id())).toList();
    others = suite.programCases(settings).stream().filter(c -> settings.includes(c.id())).toList();
    requireDistinct();
    int all = (benchmarks.size() + others.size()) * settings.rounds();
    attempts = new Attempts(clock, all / 20);
  }

  private void requireDistinct() {
    Set<String> ids = new HashSet<>();
    benchmarks.forEach(c -> ids.add(c.id()));
    others.forEach(c -> ids.add(c.id()));
    if (ids.isEmpty()) {
      throw new IllegalArgumentException("no case matches " + settings.include());
    }
    if (ids.size() != benchmarks.size() + others.size()) {
      throw new IllegalStateException("two cases have the same id");
    }
  }

  void run() throws IOException, InterruptedException, RunnerException {
    Path log = Files.createDirectories(Settings.SCRATCH).resolve(suite.name() + ".log");
    int cases = benchmarks.size() + others.size();
    clock.say(cases + " cases; JMH's own words go to " + log);
    try (JmhRounds jmh = new JmhRounds(settings, log)) {
      for (int round = 0; round < settings.rounds(); round++) {
        calibrate(round);
        run(round, jmh);
        jmh.write(Results.jmhFile(settings.out(), suite.name()));
        Results.write(soFar(), Results.runFile(settings.out(), suite.name()));
      }
    }
  }

  private void calibrate(int round) throws InterruptedException {
    Calibration calibration = Calibration.measure();
    calibrations.add(calibration);
    clock.say("round " + (round + 1) + " of " + settings.rounds() + "; " + calibration);
  }

  private void run(int round, JmhRounds jmh)
      throws IOException, InterruptedException, RunnerException {
    for (JmhCase c : inTurn(benchmarks, round)) {
      if (round < c.rounds()) {
        jmh.keep(c, attempts.run(c.id(), round, () -> jmh.run(c), Measurement::words));
      }
    }
    for (ProgramCase c : inTurn(others, round)) {
      if (round < c.rounds()) {
        Map<String, Double> figures =
            attempts.run(c.id(), round, () -> Programs.run(c), Measurement::words);
        programs.add(new Run.Program(c.id(), round, figures));
      }
    }
  }

  /** Every other round backwards, so that none always comes first. */
  private static <C> List<C> inTurn(List<C> cases, int round) {
    return round % 2 == 0 ? cases : cases.reversed();
  }

  private Run soFar() {
    return new Run(
        machine,
        Version.getPlainVersion(),
        settings.quick(),
        settings.timing(),
        calibrations,
        attempts.disturbed(),
        programs);
  }

  private static String words(RunResult result) {
    Result<?> primary = result.getPrimaryResult();
    return String.format(Locale.ROOT, "%9.2f %s", primary.getScore(), primary.getScoreUnit());
  }

  private static String words(Map<String, Double> figures) {
    StringBuilder words = new StringBuilder();
    figures.forEach(
        (name, value) -> words.append(name).append(' ').append(Figures.format(value)).append("  "));
    return words.toString().strip();
  }
}
