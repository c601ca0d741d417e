// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Lets the mistakes of one type loose on their tests, and tells in a table what was found.
 * Thread-safe.
 */
final class Trials {
  static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");
  private static final int TRIALS = THOROUGH ? 3 : 1;

  /**
   * In so many processes the build looks for a mistake before it says that it is not found: when
   * the system runs both actors of a process on one core, hardly anything is.
   */
  private static final int PROCESSES = THOROUGH ? 1 : 3;

  private static final Duration BUDGET = Duration.ofSeconds(10);
  private static final Duration HANG = Duration.ofSeconds(2);
  private static final Duration CONTROL = Duration.ofSeconds(THOROUGH ? 10 : 1);

  private final Path original;
  private final Map<Mistake, Future<Path>> compiled = new LinkedHashMap<>();
  private final Map<Mistake, String> table = new ConcurrentHashMap<>();

  /**
   * Compiles the type as it is, and with each mistake: all before the first trial, as many at a
   * time as there are processors. In a trial these belong to the two actors.
   *
   * @param folder for what is compiled
   */
  Trials(Path folder, Mutant original, List<Mistake> mistakes) throws IOException {
    this.original = compile(original, folder.resolve("original"));
    int processors = Runtime.getRuntime().availableProcessors();
    try (ExecutorService compilers = Executors.newFixedThreadPool(processors)) {
      for (Mistake mistake : mistakes) {
        Path classes = folder.resolve("mutant-" + compiled.size());
        compiled.put(mistake, compilers.submit(() -> compile(mistake.mutant(), classes)));
      }
    }
  }

  private static Path compile(Mutant mutant, Path into) throws IOException {
    mutant.compile(Files.createDirectories(into));
    return into;
  }

  /** Where the type as it is was compiled to. */
  Path original() {
    return original;
  }

  /** Where the type with a mistake was compiled to. */
  Path mutant(Mistake mistake) throws InterruptedException, ExecutionException {
    return requireNonNull(compiled.get(mistake)).get();
  }

  /** Fails unless the mistake is found in each trial. */
  void assertCaught(Mistake mistake) throws IOException, InterruptedException, ExecutionException {
    Path classes = mutant(mistake);
    List<Trial> trials = new ArrayList<>();
    for (int i = 0; i < TRIALS; i++) {
      trials.add(trial(classes, mistake.test(), i));
    }
    List<Trial> caught = trials.stream().filter(Trial::caught).toList();
    table.put(
        mistake,
        String.format(
            Locale.ROOT,
            "| %s | %s | %d of %d | %s |",
            mistake.words(),
            mistake.test().substring(mistake.test().lastIndexOf('.') + 1),
            caught.size(),
            TRIALS,
            medianSeconds(caught)));
    assertThat(caught).as(() -> trials.getLast().output()).hasSize(TRIALS);
  }

  private static Trial trial(Path classes, String test, int number)
      throws IOException, InterruptedException {
    Trial trial = Trial.inStress(classes, test, BUDGET, number, HANG);
    for (int more = 1; !trial.caught() && more < PROCESSES; more++) {
      trial = Trial.inStress(classes, test, BUDGET, number + more, HANG);
    }
    return trial;
  }

  /** The type as it is passes, with all the time in the world before it counts as a hang. */
  void assertOriginalPasses(String test) throws IOException, InterruptedException {
    Trial trial = Trial.inStress(original, test, CONTROL, 0, Duration.ofSeconds(20));
    assertThat(trial.caught()).as(trial.output()).isFalse();
  }

  private static String medianSeconds(List<Trial> trials) {
    if (trials.isEmpty()) {
      return "-";
    }
    List<Duration> times = trials.stream().map(Trial::elapsed).sorted().toList();
    return String.format(Locale.ROOT, "%.1f s", times.get(times.size() / 2).toMillis() / 1e3);
  }

  void writeTable(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("| mistake | found by `Stress`, running | caught | median time to catch |");
    lines.add("|---|---|---|---|");
    compiled.keySet().stream().map(table::get).filter(Objects::nonNull).forEach(lines::add);
    Files.write(file, lines);
  }
}
