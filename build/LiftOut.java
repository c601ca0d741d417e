// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Proves that each type said to be liftable is: its files, alone in an empty folder, compile with
 * the jars it names and nothing else, and none of them is there in vain; that they do so in a
 * package of the user's, too; and that its Javadoc says so.
 *
 * <p>Usage: {@code java LiftOut.java <page> <class path to find the jars on>}. The page holds a
 * table with the columns Type, Files (links relative to the page) and Jars (artifact names, or a
 * dash).
 */
final class LiftOut {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)]+\\.java)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern OUR_PACKAGE =
      Pattern.compile("(?m)^package dev\\.interleave[.\\w]*;");
  private static final Pattern OUR_IMPORT =
      Pattern.compile("(?m)^(import (?:static )?)dev\\.interleave\\.(?:[a-z]\\w*\\.)*");
  private static final String HEADER = "|type|files|jars|";

  private record Row(String type, List<Path> files, List<String> jars) {}

  private final Path page;
  private final List<Path> classPath;

  private LiftOut(Path page, List<Path> classPath) {
    this.page = page;
    this.classPath = classPath;
  }

  public static void main(String[] args) throws IOException {
    List<Path> classPath =
        Stream.of(args[1].split(Pattern.quote(File.pathSeparator))).map(Path::of).toList();
    LiftOut check = new LiftOut(Path.of(args[0]).toAbsolutePath().normalize(), classPath);
    List<String> problems = new ArrayList<>();
    List<Row> rows = check.rows();
    for (Row row : rows) {
      problems.addAll(check.problemsOf(row));
    }
    if (rows.isEmpty()) {
      problems.add("no table with the columns Type, Files and Jars, or an empty one");
    }
    if (problems.isEmpty()) {
      System.out.printf("Lift-out: %d types compile alone%n", rows.size());
      return;
    }
    problems.forEach(p -> System.err.println("Lift-out: " + check.page.getFileName() + ": " + p));
    System.exit(1);
  }

  private List<Row> rows() throws IOException {
    return Files.readAllLines(page).stream()
        .dropWhile(line -> !line.replace(" ", "").toLowerCase(Locale.ROOT).equals(HEADER))
        .skip(2) // the header and the line under it
        .takeWhile(line -> line.startsWith("|"))
        .map(this::row)
        .toList();
  }

  private Row row(String line) {
    String[] cells = line.substring(1).split("\\|", -1);
    Path folder = page.getParent();
    return new Row(
        String.join("", matches(CODE, cells[0])),
        matches(LINK, cells[1]).stream().map(link -> folder.resolve(link).normalize()).toList(),
        matches(CODE, cells[2]));
  }

  private static List<String> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(m -> m.group(1)).toList();
  }

  private List<String> problemsOf(Row row) throws IOException {
    String inRow = "row " + row.type() + ": ";
    List<String> problems = new ArrayList<>();
    row.files().stream()
        .filter(file -> !Files.isRegularFile(file))
        .forEach(file -> problems.add(inRow + "there is no file " + file));
    List<Path> jars = new ArrayList<>();
    for (String name : row.jars()) {
      List<Path> found = classPath.stream().filter(entry -> isJar(entry, name)).toList();
      if (found.isEmpty()) {
        problems.add(inRow + "no jar " + name + " on the class path of the build");
      }
      jars.addAll(found);
    }
    if (!problems.isEmpty()) {
      return problems;
    }

    Path alone = Files.createTempDirectory("lift-out");
    try {
      compile(row, jars, alone).forEach(problem -> problems.add(inRow + problem));
      if (problems.isEmpty()) {
        compileMoved(row, jars, alone)
            .forEach(problem -> problems.add(inRow + "moved: " + problem));
      }
    } finally {
      delete(alone);
    }
    return problems;
  }

  private static boolean isJar(Path entry, String name) {
    return entry.getFileName().toString().matches(Pattern.quote(name) + "-[0-9].*\\.jar");
  }

  /** Copies the files of one row into an empty folder and compiles the type from there. */
  private static List<String> compile(Row row, List<Path> jars, Path alone) throws IOException {
    Path sources = Files.createDirectory(alone.resolve("src"));
    Path classes = Files.createDirectory(alone.resolve("classes"));
    List<Path> copies = new ArrayList<>();
    for (Path file : row.files()) {
      Path copy = sources.resolve(inItsPackage(file));
      Files.createDirectories(copy.getParent());
      copies.add(Files.copy(file, copy));
    }
    Path start = sources.resolve(row.type().replace('.', '/') + ".java");
    if (!copies.contains(start)) {
      return List.of("the file of the type itself is not listed");
    }
    if (!Files.readString(start).replaceAll("\\s+\\*?\\s*", " ").contains("may be lifted out")) {
      return List.of("its Javadoc does not say that it may be lifted out");
    }

    // Only the type is named, the rest is found as it is needed: so what is left over was not
    // needed.
    List<String> options =
        List.of(
            "--release",
            "21",
            "-Xlint:all",
            "-Werror",
            "-proc:none",
            "-implicit:class",
            "-sourcepath",
            sources.toString(),
            "-classpath",
            joined(jars),
            "-d",
            classes.toString());
    List<String> wrong = compile(options, List.of(start));
    if (!wrong.isEmpty()) {
      return wrong;
    }
    return copies.stream()
        .filter(copy -> !copy.endsWith("package-info.java"))
        .map(copy -> sources.relativize(copy).toString())
        .filter(file -> !Files.exists(classes.resolve(file.replaceAll("java$", "class"))))
        .map(file -> file + " is listed, but nothing needs it")
        .toList();
  }

  /** All in one package of another name, by the lines that say package and import. */
  private static List<String> compileMoved(Row row, List<Path> jars, Path alone)
      throws IOException {
    Path sources = Files.createDirectories(alone.resolve("moved/org/example/copied"));
    List<Path> copies = new ArrayList<>();
    for (Path file : row.files()) {
      if (!file.endsWith("package-info.java")) {
        String text =
            OUR_PACKAGE
                .matcher(
                    OUR_IMPORT.matcher(Files.readString(file)).replaceAll("$1org.example.copied."))
                .replaceAll("package org.example.copied;")
                .replaceAll("(?m)^import org\\.example\\.copied\\.\\w+;\\R", "");
        copies.add(Files.writeString(sources.resolve(file.getFileName()), text));
      }
    }
    Path classes = Files.createDirectory(alone.resolve("moved-classes"));
    return compile(
        List.of(
            "--release", "21", "-proc:none", "-classpath", joined(jars), "-d", classes.toString()),
        copies);
  }

  private static String joined(List<Path> jars) {
    return jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  private static List<String> compile(List<String> options, List<Path> sources) throws IOException {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    try (StandardJavaFileManager files =
        javac.getStandardFileManager(diagnostics, Locale.ROOT, StandardCharsets.UTF_8)) {
      boolean compiled =
          javac
              .getTask(
                  null,
                  files,
                  diagnostics,
                  options,
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      return compiled
          ? List.of()
          : diagnostics.getDiagnostics().stream().map(LiftOut::oneLine).toList();
    }
  }

  private static Path inItsPackage(Path file) {
    Path root = Path.of("src", "main", "java");
    Path folder = file;
    while (!folder.endsWith(root)) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalArgumentException(file + " is not below " + root);
      }
    }
    return folder.relativize(file);
  }

  private static String oneLine(Diagnostic<? extends JavaFileObject> diagnostic) {
    String text =
        Arrays.stream(diagnostic.getMessage(Locale.ROOT).split("\\R"))
            .map(String::strip)
            .collect(Collectors.joining(", "));
    JavaFileObject source = diagnostic.getSource();
    return source == null
        ? text
        : Path.of(source.getName()).getFileName() + ":" + diagnostic.getLineNumber() + ": " + text;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder())
          .forEach(path -> {
            try {
              Files.delete(path);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }
}
