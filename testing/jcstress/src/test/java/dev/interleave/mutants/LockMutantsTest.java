// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interleave.mutants.Mutant.Edit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every mistake of {@link LockMutant} is found out, and the lock as it is passes the same tests: so
 * these tests can fail, and fail for the mistake. Writes what was found in which time to {@code
 * target/mutants.md}; docs/benchmarks/mutants.md is that of the thorough profile.
 */
class LockMutantsTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");
  private static final int TRIALS = THOROUGH ? 5 : 1;
  private static final Duration BUDGET = Duration.ofSeconds(10);
  private static final Duration HANG = Duration.ofSeconds(2);
  private static final Duration CONTROL = Duration.ofSeconds(THOROUGH ? 10 : 1);

  private static final List<String> TABLE = new ArrayList<>();

  @TempDir private static Path folder;
  private static Path original;

  @BeforeAll
  static void compileOriginal() throws IOException {
    original = Files.createDirectories(folder.resolve("original"));
    LockMutant.original().compile(original);
  }

  @AfterAll
  static void writeTable() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("| mistake | found by `Stress`, running | caught | median time to catch |");
    lines.add("|---|---|---|---|");
    lines.addAll(TABLE);
    Files.write(Path.of("target", "mutants.md"), lines);
  }

  @ParameterizedTest
  @EnumSource
  void isCaught(LockMutant mutant) throws Exception {
    Path classes = Files.createDirectories(folder.resolve(mutant.name()));
    mutant.mutant().compile(classes);
    List<Trial> trials = new ArrayList<>();
    for (int i = 0; i < TRIALS; i++) {
      trials.add(Trial.inStress(classes, mutant.test, BUDGET, i, HANG));
    }
    List<Trial> caught = trials.stream().filter(Trial::caught).toList();
    TABLE.add(
        String.format(
            Locale.ROOT,
            "| %s | %s | %d of %d | %s |",
            mutant.mistake,
            mutant.test.substring(mutant.test.lastIndexOf('.') + 1),
            caught.size(),
            TRIALS,
            medianSeconds(caught)));
    assertThat(caught).as(() -> trials.getLast().output()).hasSize(TRIALS);
  }

  private static String medianSeconds(List<Trial> trials) {
    if (trials.isEmpty()) {
      return "-";
    }
    List<Duration> times = trials.stream().map(Trial::elapsed).sorted().toList();
    return String.format(Locale.ROOT, "%.1f s", times.get(times.size() / 2).toMillis() / 1e3);
  }

  static Stream<String> tests() {
    return Arrays.stream(LockMutant.values()).map(mutant -> mutant.test).distinct();
  }

  /** With all the time in the world before it counts as a hang. */
  @ParameterizedTest
  @MethodSource("tests")
  void lockAsItIsPasses(String test) throws Exception {
    Trial trial = Trial.inStress(original, test, CONTROL, 0, Duration.ofSeconds(20));
    assertThat(trial.caught()).as(trial.output()).isFalse();
  }

  /** The suite that the build runs fails, too; once, since jcstress takes its time. */
  @Test
  void jcstressFailsForAMutant() throws Exception {
    LockMutant mutant = LockMutant.READER_DOES_NOT_LOOK_AGAIN;
    Path classes = Files.createDirectories(folder.resolve("jcstress"));
    mutant.mutant().compile(classes);
    Trial trial = Trial.inJcstress(classes, mutant.test);
    assertThat(trial.caught()).as(trial.output()).isTrue();
    assertThat(Trial.inJcstress(original, mutant.test).caught()).isFalse();
  }

  @Test
  void anEditThatFindsNothingIsAnError() {
    Mutant stale =
        new Mutant(
            LockMutant.original().sources(),
            List.of(new Edit("LockStats.java", "what was there once", "")));
    assertThatIllegalStateException()
        .isThrownBy(() -> stale.compile(folder))
        .withMessageStartingWith("no such text in LockStats.java:");
  }
}
