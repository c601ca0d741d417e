// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * Compiles the classes that take the place of others from a later JDK on, for a multi-release jar.
 *
 * <p>A program of its own, because it is the JDK of the toolchain that decides, not the one Maven
 * runs on. Where that JDK is too old the classes are left out, which is said; the others, compiled
 * for the oldest JDK, are then what the jar has.
 *
 * <p>Usage: {@code java Versioned.java <feature> <sources> <classes> <class path>}.
 */
final class Versioned {
  private Versioned() {}

  public static void main(String[] args) throws IOException {
    int feature = Integer.parseInt(args[0]);
    Path classes = Path.of(args[2]);
    Path target = classes.resolve("META-INF/versions/" + feature);
    delete(target); // also what a later JDK has left there
    if (Runtime.version().feature() < feature) {
      System.out.printf(
          "Versioned: left out what needs JDK %d; this is %s%n", feature, Runtime.version());
      return;
    }
    List<String> sources;
    try (Stream<Path> files = Files.walk(Path.of(args[1]))) {
      sources = files.map(Path::toString).filter(name -> name.endsWith(".java")).sorted().toList();
    }
    if (sources.isEmpty()) {
      throw new IllegalArgumentException("no sources in " + args[1]);
    }
    List<String> command =
        new ArrayList<>(List.of("--release", args[0], "-Xlint:all,-path", "-Werror", "-proc:none"));
    command.addAll(List.of("-implicit:none", "-cp", args[3], "-d", target.toString()));
    command.addAll(sources);
    int exit =
        Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "this is no JDK")
            .run(null, System.err, System.err, command.toArray(String[]::new));
    if (exit != 0) {
      System.exit(exit);
    }
    System.out.printf("Versioned: %d sources for JDK %d%n", sources.size(), feature);
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(folder)) {
      deepestFirst = files.sorted((a, b) -> b.compareTo(a)).toList();
    }
    for (Path each : deepestFirst) {
      Files.delete(each);
    }
  }
}
