// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.interleave.mutants.Mutant.Edit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
  @TempDir private static Path folder;
  private static Trials trials;

  @BeforeAll
  static void compile() throws IOException {
    trials = new Trials(folder, LockMutant.original(), LockMutant.values());
  }

  @AfterAll
  static void writeTable() throws IOException {
    trials.writeTable(Path.of("target", "mutants.md"));
  }

  @ParameterizedTest
  @EnumSource
  void isCaught(LockMutant mutant) throws Exception {
    trials.assertCaught(mutant);
  }

  static Stream<String> tests() {
    return Arrays.stream(LockMutant.values()).map(LockMutant::test).distinct();
  }

  @ParameterizedTest
  @MethodSource("tests")
  void lockAsItIsPasses(String test) throws Exception {
    trials.assertOriginalPasses(test);
  }

  /** The suite that the build runs fails, too; once, since jcstress takes its time. */
  @Test
  void jcstressFailsForAMutant() throws Exception {
    LockMutant mutant = LockMutant.READER_DOES_NOT_LOOK_AGAIN;
    Path classes = Files.createDirectories(folder.resolve("jcstress"));
    mutant.mutant().compile(classes);
    Trial trial = Trial.inJcstress(classes, mutant.test());
    assertThat(trial.caught()).as(trial.output()).isTrue();
    assertThat(Trial.inJcstress(trials.original(), mutant.test()).caught()).isFalse();
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
