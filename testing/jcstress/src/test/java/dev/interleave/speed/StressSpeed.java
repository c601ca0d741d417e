// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.speed;

import dev.interleave.jcstress.testing.LostUpdate;
import dev.interleave.testing.Stress;
import dev.interleave.testing.StressReport;
import dev.interleave.testing.StressReport.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;

/**
 * Measures how many rounds a second {@code Stress} makes of a test with two actors, and how many
 * jcstress: by turns, each in JVMs of its own. Prints Markdown. To be run by hand: its figures are
 * no tests.
 *
 * <p>Both count the time of the rounds only: jcstress that of its iterations, {@code Stress} that
 * of the run, in which it also makes perturbed rounds. Of the ways in which jcstress compiles and
 * places the actors the fastest one counts.
 */
final class StressSpeed {
  private static final int TURNS = 5;
  private static final int ITERATIONS = 3;
  private static final int MILLIS = 1_000;
  private static final String OURS = "ours";
  private static final String RATE = "rate: ";

  private StressSpeed() {}

  /** Runs all turns; with an argument, one run of {@code Stress} or of {@code jcstress}. */
  public static void main(String[] args) throws Exception {
    if (args.length > 0) {
      System.out.println(RATE + (args[0].equals(OURS) ? ours() : jcstress()));
      return;
    }
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    for (int i = 0; i < TURNS; i++) {
      theirs.add(fork("jcstress"));
      ours.add(fork(OURS));
    }
    System.out.println("| | median, million rounds/s | all turns |");
    System.out.println("|---|---|---|");
    print("jcstress, its fastest mode", theirs);
    print("Stress", ours);
    System.out.printf(Locale.ROOT, "%nRatio of the medians: %.2f%n", median(ours) / median(theirs));
  }

  private static void print(String name, List<Double> rates) {
    List<String> all =
        rates.stream().map(rate -> String.format(Locale.ROOT, "%.1f", rate)).toList();
    System.out.printf(
        Locale.ROOT, "| %s | %.1f | %s |%n", name, median(rates), String.join(", ", all));
  }

  private static double median(List<Double> rates) {
    double[] sorted = rates.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  /** The rate of one run, after a shorter one that compiles. */
  private static double ours() throws InterruptedException {
    run(Duration.ofSeconds(1));
    StressReport report = run(Duration.ofMillis((long) ITERATIONS * MILLIS));
    if (report.outcomes().stream().noneMatch(it -> it.kind() == Kind.INTERESTING)) {
      throw new AssertionError("no update was lost:\n" + report);
    }
    return report.rounds() / (report.elapsed().toNanos() / 1e3);
  }

  private static StressReport run(Duration time) throws InterruptedException {
    return Stress.on(Counter::new)
        .actor("first", Counter::increment)
        .actor("second", Counter::increment)
        .arbiter(Counter::get)
        .expect(2, "one after the other")
        .interesting(1, "a lost update")
        .seed(42)
        .run(time);
  }

  private static final class Counter {
    private int count;

    void increment() {
      count++;
    }

    int get() {
      return count;
    }
  }

  private static double fork(String whose) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                StressSpeed.class.getName(),
                whose)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(out);
    }
    return out.lines()
        .filter(line -> line.startsWith(RATE))
        .mapToDouble(line -> Double.parseDouble(line.substring(RATE.length())))
        .findAny()
        .orElseThrow(() -> new IllegalStateException(out));
  }

  private static double jcstress() throws Exception {
    Path folder = Files.createTempDirectory("stress-speed");
    try {
      Options options =
          new Options(
              new String[] {
                "-sc",
                "false",
                "-f",
                "1",
                "-jvmArgs",
                "-Xmx512m",
                "-iters",
                String.valueOf(ITERATIONS),
                "-time",
                String.valueOf(MILLIS),
                "-t",
                LostUpdate.class.getName(),
                "-r",
                folder.resolve("results").toString()
              });
      if (!options.parse()) {
        throw new IllegalStateException("options of jcstress");
      }
      new JCStress(options).run();
      InProcessCollector results = new InProcessCollector();
      DiskReadCollector file = new DiskReadCollector(options.getResultFile(), results);
      file.dump();
      file.close();
      return results.getTestResults().stream()
          .mapToDouble(it -> it.getTotalCount() / (ITERATIONS * MILLIS * 1e3))
          .max()
          .orElseThrow();
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }
}
