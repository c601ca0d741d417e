// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * Checks or rewrites the format of every Java source below a folder, with google-java-format.
 *
 * <p>A program of its own, because the formatter parses with the JDK it runs on, and Maven may run
 * on one that is too old for the sources.
 */
final class Format {
  private static final Set<String> NOT_OURS = Set.of("target", ".git", ".idea", "node_modules");

  private Format() {}

  public static void main(String[] args) throws Exception {
    boolean write = args[0].equals("write");
    Path root = Path.of(args[1]);
    List<String> sources = sources(root);
    if (sources.isEmpty()) {
      fail("Format: no Java source below " + root.toAbsolutePath());
    }

    List<String> command = new ArrayList<>();
    if (write) {
      command.add("--replace");
    } else {
      Collections.addAll(command, "--dry-run", "--set-exit-if-changed");
    }
    command.addAll(sources);

    StringWriter changed = new StringWriter();
    PrintWriter errors = new PrintWriter(System.err, true);
    int exit =
        new Main(new PrintWriter(changed, true), errors, InputStream.nullInputStream())
            .format(command.toArray(String[]::new));
    if (exit == 0) {
      System.out.printf("Format: %d sources %s%n", sources.size(), write ? "formatted" : "fine");
    } else if (write) {
      fail("Format: some sources could not be formatted; see above");
    } else {
      fail(
          "Format: not in google-java-format (`mvn -Pformat validate` rewrites them):\n" + changed);
    }
  }

  private static List<String> sources(Path root) throws IOException {
    List<String> found = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            boolean ours = dir.equals(root) || !NOT_OURS.contains(dir.getFileName().toString());
            return ours ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              found.add(file.toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });
    Collections.sort(found);
    return found;
  }

  private static void fail(String message) {
    System.err.println(message);
    System.exit(1);
  }
}
