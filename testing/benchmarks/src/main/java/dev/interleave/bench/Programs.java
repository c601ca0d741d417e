// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs {@link ProgramCase}s, and is how their programs tell what they measured. */
public final class Programs {
  private static final Gson GSON = new Gson();

  /** None takes half as long. */
  private static final int LIMIT_SECONDS = 120;

  private Programs() {}

  /** Called by the program, last: prints its figures. */
  public static void report(Map<String, Double> figures) {
    System.out.println(GSON.toJson(figures));
  }

  /**
   * Runs the program in a JVM of its own.
   *
   * @throws IllegalStateException if it ends with another exit code than 0, or not in time
   */
  static Map<String, Double> run(ProgramCase c) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Settings.JVM_ARGUMENTS);
    command.addAll(c.jvmArguments());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(c.main().getName());
    command.addAll(c.arguments());
    Path output = Files.createTempFile("program", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(output.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
          throw new IllegalStateException(
              c.id() + " did not end in " + LIMIT_SECONDS + " s: " + Files.readString(output));
        }
      } finally {
        process.destroyForcibly();
      }
      String said = Files.readString(output);
      if (process.exitValue() != 0) {
        throw new IllegalStateException(
            c.id() + " ended with exit code " + process.exitValue() + ": " + said);
      }
      return figures(said);
    } finally {
      Files.delete(output);
    }
  }

  private static Map<String, Double> figures(String said) {
    String[] lines = said.strip().split("\n", -1);
    return GSON.fromJson(lines[lines.length - 1], new TypeToken<Map<String, Double>>() {});
  }
}
