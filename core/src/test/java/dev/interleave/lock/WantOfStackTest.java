// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A {@code StackOverflowError} is thrown before a lock changes anything, or not at all: interpreted
 * and compiled by either compiler, {@link EndOfStack}. A recursion that looks something up under a
 * lock at each level overflows right there.
 */
@Tag("kit")
class WantOfStackTest {
  private static final String INTERPRETED = "-Xint";

  @ParameterizedTest
  @ValueSource(strings = {INTERPRETED, "-XX:TieredStopAtLevel=1", "-XX:+TieredCompilation"})
  void anOverflowChangesNothing(String mode, @TempDir Path folder) throws Exception {
    assumeTrue(
        mode.equals(INTERPRETED)
            || Set.of("amd64", "x86_64").contains(System.getProperty("os.arch")),
        "a page may have more than 4 KiB");
    assertThat(OtherJvm.run(EndOfStack.class, folder, List.of(mode))).contains(EndOfStack.PASSED);
  }
}
