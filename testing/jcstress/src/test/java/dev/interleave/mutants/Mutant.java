// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A wrong variant of a type: its sources with some text replaced.
 *
 * <p>A mutant is an edit and not a copy, so that it stays a mutant of the code as it is. An edit
 * whose text is not found exactly once is an error: whoever changes the protocol has to say what
 * the mistake would look like now.
 *
 * @param sources the folder with the sources of one package; all of it is compiled
 * @param edits what is wrong; none for the type as it is
 */
record Mutant(Path sources, List<Edit> edits) {

  /**
   * Text to be replaced.
   *
   * @param file the name of the file
   * @param right what is there
   * @param wrong what comes into its place
   */
  record Edit(String file, String right, String wrong) {
    private String applied(String text) {
      int at = text.indexOf(right);
      if (at < 0 || text.indexOf(right, at + 1) >= 0) {
        throw new IllegalStateException(
            (at < 0 ? "no such text in " : "more than one such text in ") + file + ":\n" + right);
      }
      return text.replace(right, wrong);
    }
  }

  /**
   * A package of core, by the last part of its name; or {@code ipc} for the transports, {@code rpc}
   * and {@code channel}.
   */
  static Mutant of(String name, List<Edit> edits) {
    String ipc = "../../ipc/src/main/java/dev/interleave/ipc/";
    return new Mutant(
        Path.of(
            switch (name) {
              case "ipc" -> ipc + "transport";
              case "rpc", "channel" -> ipc + name;
              default -> "../../core/src/main/java/dev/interleave/" + name;
            }),
        edits);
  }

  Mutant {
    edits = List.copyOf(edits);
  }

  /**
   * The package as it is edited, by the names of its files.
   *
   * @throws IllegalStateException if what is to be replaced is not there, or more than once
   */
  Map<String, String> texts() throws IOException {
    Map<String, String> texts = new TreeMap<>();
    try (Stream<Path> all = Files.list(sources)) {
      for (Path source : all.filter(file -> file.toString().endsWith(".java")).toList()) {
        texts.put(source.getFileName().toString(), Files.readString(source));
      }
    }
    for (Edit edit : edits) {
      texts.put(edit.file, edit.applied(texts.getOrDefault(edit.file, "")));
    }
    return texts;
  }

  /** Compiles the package, edited, into a folder that has to come first on the class path. */
  void compile(Path into) throws IOException {
    Path edited = Files.createDirectories(into.resolve("sources"));
    List<Path> files = new ArrayList<>();
    for (Map.Entry<String, String> text : texts().entrySet()) {
      files.add(Files.writeString(edited.resolve(text.getKey()), text.getValue()));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  errors,
                  manager,
                  null,
                  List.of(
                      "-proc:none",
                      "-nowarn",
                      "-cp",
                      System.getProperty("java.class.path"),
                      "-d",
                      into.toString()),
                  null,
                  manager.getJavaFileObjectsFromPaths(files))
              .call();
      if (!compiled) {
        throw new IllegalStateException("a mutant has to compile:\n" + errors);
      }
    }
  }
}
