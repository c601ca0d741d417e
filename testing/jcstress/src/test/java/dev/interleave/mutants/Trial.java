// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One run of a test against compiled mutants, in a process of its own: what a mutant leaves hanging
 * or spinning ends with it.
 *
 * @param caught whether the test failed
 * @param elapsed from the start of the process to its end
 * @param output what it printed
 */
record Trial(boolean caught, Duration elapsed, String output) {
  /** One JVM configuration, three times 200 ms: less than in the build. */
  private static final List<String> QUICK =
      List.of("-m", "quick", "-sc", "false", "-iters", "3", "-time", "200", "-pth", "false");

  /** Runs a jcstress test with {@code Stress} for at most so long. */
  static Trial inStress(Path mutant, String test, Duration time, long seed, Duration hang)
      throws IOException, InterruptedException {
    List<String> command = java(mutant, InStress.class.getName());
    command.addAll(
        List.of(
            test,
            Long.toString(time.toMillis()),
            Long.toString(seed),
            Long.toString(hang.toMillis())));
    return run(mutant, command, InStress.CAUGHT, Optional.of(InStress.BEGINS));
  }

  /** Runs a test with jcstress. */
  static Trial inJcstress(Path mutant, String test) throws IOException, InterruptedException {
    List<String> command = java(mutant, "dev.interleave.jcstress.RunAll");
    command.addAll(QUICK);
    command.addAll(List.of("-jvmArgs", "-Xmx256m", "-t", test + "$", "-r", "results"));
    Trial trial = run(mutant, command, 1, Optional.empty());
    if (trial.caught && !trial.output.contains("1 of 1 tests ran")) {
      throw new IllegalStateException("not caught, but not run:\n" + trial.output);
    }
    return trial;
  }

  private static List<String> java(Path mutant, String main) {
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx512m",
            "-cp",
            mutant + File.pathSeparator + System.getProperty("java.class.path"),
            main));
  }

  private static Trial run(Path folder, List<String> command, int caught, Optional<String> begin)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "trial", ".txt");
    Turn.Ran ran =
        Turn.run(
            new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true),
            output,
            begin);
    String text = Files.readString(output);
    if (!ran.ended()) {
      throw new IllegalStateException("does not end:\n" + text);
    }
    int exit = ran.exitValue();
    if (exit != 0 && exit != caught) {
      throw new IllegalStateException("exit code " + exit + ":\n" + text);
    }
    return new Trial(exit == caught, ran.elapsed(), text);
  }
}
