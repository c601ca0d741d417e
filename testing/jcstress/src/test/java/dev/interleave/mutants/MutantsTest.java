// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every mistake of an enum is found out, and the types as they are pass the same tests: so these
 * tests can fail, and fail for the mistake. Writes what was found in which time to {@code target}.
 *
 * <p>Each takes some two seconds, so the build tries every third of them; the others change only
 * when somebody changes the protocol, who lets all of them loose by the thorough profile.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class MutantsTest<M extends Enum<M> & Mistake.Named> {
  private final List<M> mutants;
  private final Mutant original;
  private final String table;
  private Path folder;
  private Trials trials;

  /**
   * Takes all mistakes of an enum.
   *
   * @param name the package that they are in, as of {@link Mutant#of}
   * @param table the file that tells what was found
   */
  MutantsTest(Class<M> mutants, String name, String table) {
    this.mutants = List.of(mutants.getEnumConstants());
    original = Mutant.of(name, List.of());
    this.table = table;
  }

  final Path folder() {
    return folder;
  }

  final Mutant original() {
    return original;
  }

  final Trials trials() {
    return trials;
  }

  @BeforeAll
  void compile(@TempDir Path empty) throws IOException {
    folder = empty;
    trials = new Trials(folder, original, mutants().map(Mistake.Named::mistake).toList());
  }

  @AfterAll
  void writeTable() throws IOException {
    trials.writeTable(Path.of("target", table));
  }

  /** Those that are let loose: in the build every third one, in the thorough profile all. */
  Stream<M> mutants() {
    int step = Trials.THOROUGH ? 1 : 3;
    return IntStream.iterate(0, i -> i < mutants.size(), i -> i + step).mapToObj(mutants::get);
  }

  /** For those that the build leaves out. */
  @Test
  void whatIsToBeMistakenIsThere() throws IOException {
    Map<String, String> right = original.texts();
    for (M mutant : mutants) {
      assertThat(mutant.mistake().mutant().texts()).as(mutant.name()).isNotEqualTo(right);
    }
  }

  @ParameterizedTest
  @Execution(CONCURRENT) // those that hang do nothing for two seconds
  @MethodSource("mutants")
  void isCaught(M mutant) throws Exception {
    trials.assertCaught(mutant.mistake());
  }

  Stream<String> tests() {
    return mutants().map(mutant -> mutant.mistake().test()).distinct();
  }

  /** In the build jcstress runs these tests, all of them and with the types as they are. */
  @ParameterizedTest
  @EnabledIfSystemProperty(named = "interleave.thorough", matches = "true")
  @Execution(CONCURRENT) // with those
  @MethodSource("tests")
  void typeAsItIsPasses(String test) throws Exception {
    trials.assertOriginalPasses(test);
  }
}
