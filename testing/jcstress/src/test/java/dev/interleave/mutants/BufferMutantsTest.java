// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every mistake of {@link BufferMutant} is found out, and the ring as it is passes the same tests.
 * Writes what was found in which time to {@code target/mutants-buffer.md}.
 */
class BufferMutantsTest {
  @TempDir private static Path folder;
  private static Trials trials;

  @BeforeAll
  static void compile() throws IOException {
    trials = new Trials(folder, BufferMutant.original(), BufferMutant.values());
  }

  @AfterAll
  static void writeTable() throws IOException {
    trials.writeTable(Path.of("target", "mutants-buffer.md"));
  }

  @ParameterizedTest
  @EnumSource
  void isCaught(BufferMutant mutant) throws Exception {
    trials.assertCaught(mutant);
  }

  static Stream<String> tests() {
    return Arrays.stream(BufferMutant.values()).map(BufferMutant::test).distinct();
  }

  @ParameterizedTest
  @MethodSource("tests")
  void ringAsItIsPasses(String test) throws Exception {
    trials.assertOriginalPasses(test);
  }
}
