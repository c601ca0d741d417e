// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Runs all examples, tells about them on standard output, and writes a page about them.
 *
 * <p>Usage: {@code java dev.interleave.examples.Tour [page]}. The page is {@code target/tour.html}
 * if none is named. The exit code is 1 if an example failed; the others run all the same. An
 * example that takes longer than 60 seconds, or as many as the system property {@code
 * interleave.tour.timeout} says, is given up and counts as failed.
 */
public final class Tour {
  private static final int WIDTH = 90;

  private final List<Example> examples;
  private final Terminal terminal;
  private final Watchdog watchdog;

  Tour(List<Example> examples, Terminal terminal, Duration limit) {
    this.examples = examples;
    this.terminal = terminal;
    watchdog = new Watchdog(limit);
  }

  /** Runs the tour and ends the JVM. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path page = Path.of(args.length == 0 ? "target/tour.html" : args[0]);
    Duration limit = Duration.ofSeconds(Long.getLong("interleave.tour.timeout", 60));
    boolean passed = new Tour(registered(), Terminal.system(), limit).run(page);
    System.exit(passed ? 0 : 1); // also when an example has left a thread behind
  }

  /** The examples that are listed in {@code META-INF/services}, in that order. */
  static List<Example> registered() {
    return ServiceLoader.load(Example.class).stream().map(ServiceLoader.Provider::get).toList();
  }

  /** Runs all examples and writes the page; true if all passed. */
  boolean run(Path page) throws IOException, InterruptedException {
    long start = System.nanoTime();
    List<Outcome> outcomes = new ArrayList<>();
    for (Example example : examples) {
      outcomes.add(run(example, outcomes.size()));
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    long failed = outcomes.stream().filter(outcome -> !outcome.passed()).count();
    new TourPage(outcomes, took).write(page);
    terminal.line(
        "%d examples: %d passed, %d failed, in %s"
            .formatted(outcomes.size(), outcomes.size() - failed, failed, Outcome.inShort(took)));
    terminal.line("Page: " + page.toAbsolutePath().normalize());
    return failed == 0 && !outcomes.isEmpty();
  }

  private Outcome run(Example example, int done) throws IOException, InterruptedException {
    terminal.line(example.name());
    wrapped(example.shows()).forEach(line -> terminal.line("  " + line));
    long start = System.nanoTime();
    Outcome outcome =
        watchdog.run(
            example,
            new Recorder(line -> terminal.line("  | " + line)),
            () ->
                terminal.progress(
                    done,
                    examples.size(),
                    example.name(),
                    Duration.ofNanos(System.nanoTime() - start)));
    terminal.endProgress();
    outcome.trace().lines().forEach(line -> terminal.line("  ! " + line));
    terminal.line(
        "%s %s (%s)"
            .formatted(
                terminal.mark(outcome.passed()),
                outcome.inOneLine(),
                Outcome.inShort(outcome.took())));
    terminal.line("");
    return outcome;
  }

  /** The words of a text in lines of limited width. */
  private static List<String> wrapped(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
