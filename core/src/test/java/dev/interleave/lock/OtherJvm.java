// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs that need a JVM of their own, for what can be said only when it starts. */
final class OtherJvm {
  /** The programs lose their patience before, and say who waits where. */
  private static final long PATIENCE_SECONDS = 300;

  private OtherJvm() {}

  /** Runs a program to its end, which has to be a good one, and returns what it has printed. */
  static String run(Class<?> program, Path folder, List<String> flags)
      throws IOException, InterruptedException {
    Path output = folder.resolve("output.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    Process jvm =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = jvm.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(ended).as(() -> text(output)).isTrue();
    } finally {
      jvm.destroyForcibly();
    }
    assertThat(jvm.exitValue()).as(() -> text(output)).isZero();
    return text(output);
  }

  private static String text(Path output) {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
