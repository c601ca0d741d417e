// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How many slots a lock has, and whether its threads spin, follows from how many processors the JVM
 * sees when it starts: from nine on several slots share a bit, and with one nobody spins. So the
 * lock is tried in JVMs that are told that there are so many, {@link SharedBits}.
 */
class ProcessorsTest {
  /** The child loses its patience before, and says who waits where. */
  private static final long PATIENCE_SECONDS = 300;

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 64})
  void aLockIsOneWithAnyNumberOfProcessors(int processors, @TempDir Path folder) throws Exception {
    Path output = folder.resolve("output.txt");
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ActiveProcessorCount=" + processors,
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                SharedBits.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(ended).as(() -> text(output)).isTrue();
    } finally {
      child.destroyForcibly();
    }
    assertThat(child.exitValue()).as(() -> text(output)).isZero();
    assertThat(text(output)).contains(SharedBits.passed(processors));
  }

  private static String text(Path output) {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
