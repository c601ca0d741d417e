// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lets the mistakes of one type loose on their tests, and tells in a table what was found. */
final class Trials {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");
  private static final int TRIALS = THOROUGH ? 5 : 1;
  private static final Duration BUDGET = Duration.ofSeconds(10);
  private static final Duration HANG = Duration.ofSeconds(2);
  private static final Duration CONTROL = Duration.ofSeconds(THOROUGH ? 10 : 1);

  private final Path folder;
  private final Path original;
  private final List<String> table = new ArrayList<>();

  /**
   * Compiles the type as it is.
   *
   * @param folder for what is compiled
   */
  Trials(Path folder, Mutant original) throws IOException {
    this.folder = folder;
    this.original = Files.createDirectories(folder.resolve("original"));
    original.compile(this.original);
  }

  /** Where the type as it is was compiled to. */
  Path original() {
    return original;
  }

  /** Fails unless the mistake is found in each trial. */
  void assertCaught(String name, Mistake mistake) throws IOException, InterruptedException {
    Path classes = Files.createDirectories(folder.resolve(name));
    mistake.mutant().compile(classes);
    List<Trial> trials = new ArrayList<>();
    for (int i = 0; i < TRIALS; i++) {
      trials.add(Trial.inStress(classes, mistake.test(), BUDGET, i, HANG));
    }
    List<Trial> caught = trials.stream().filter(Trial::caught).toList();
    table.add(
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
    lines.addAll(table);
    Files.write(file, lines);
  }
}
