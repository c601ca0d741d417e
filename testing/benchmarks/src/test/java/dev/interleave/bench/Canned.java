// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.openjdk.jmh.annotations.Benchmark;

/** Files of a real run, with round figures put in. */
public final class Canned {
  private Canned() {}

  /** Both files. */
  public static Results results() {
    return Results.parse(text("lock.json"), text("lock-run.json"));
  }

  /** The same run in which JMH measured nothing, and no program was run. */
  public static Results nothing() {
    Run run = results().run();
    return new Results(
        List.of(),
        new Run(
            run.machine(),
            run.jmh(),
            run.quick(),
            run.timing(),
            run.calibrations(),
            List.of(),
            List.of()));
  }

  /**
   * As if each case of a suite had measured one figure.
   *
   * @param figure what the case of this id measured
   * @param names what programs call their figures
   */
  public static Results all(
      Suite suite, Settings settings, ToDoubleFunction<String> figure, List<String> names) {
    List<Score> scores = new ArrayList<>();
    for (JmhCase c : suite.jmhCases(settings)) {
      double measured = figure.applyAsDouble(c.id());
      scores.add(
          new Score(
              c.type().getSimpleName() + "." + c.method(),
              c.threads(),
              c.params(),
              measured,
              Double.NaN,
              "ops/us",
              Collections.nCopies(c.rounds(), measured),
              Map.of("gc.alloc.rate.norm", 0.0)));
    }
    List<Run.Program> programs = new ArrayList<>();
    for (ProgramCase c : suite.programCases(settings)) {
      Map<String, Double> measured = new HashMap<>();
      names.forEach(name -> measured.put(name, figure.applyAsDouble(c.id())));
      for (int round = 0; round < c.rounds(); round++) {
        programs.add(new Run.Program(c.id(), round, measured));
      }
    }
    Run run = nothing().run();
    return new Results(
        scores,
        new Run(
            run.machine(),
            run.jmh(),
            settings.quick(),
            settings.timing(),
            run.calibrations(),
            List.of(),
            programs));
  }

  /** Fails unless each of these names a benchmark that there is. */
  public static void assertNameBenchmarks(List<JmhCase> cases) {
    for (JmhCase c : cases) {
      assertThat(c.type().getMethods())
          .as(c.id())
          .anyMatch(m -> m.getName().equals(c.method()) && m.isAnnotationPresent(Benchmark.class));
    }
  }

  /** How long all forks of a suite take: a fork takes 0.8 s besides its iterations. */
  public static double jmhSeconds(Suite suite, Settings settings) {
    Settings.Timing t = settings.timing();
    double measured = t.measurements() * t.measurementMillis() / 1e3 + 0.8;
    return suite.jmhCases(settings).stream()
        .mapToDouble(c -> c.rounds() * (c.warmups(t) * t.warmupMillis() / 1e3 + measured))
        .sum();
  }

  private static String text(String name) {
    try (InputStream in = Canned.class.getResourceAsStream("/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
