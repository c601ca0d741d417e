// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.examples.Page.Fence;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every block of Java on the pages compiles: as it stands, as members of a class, or as statements
 * of a method. The packages that readers will know are imported.
 */
class DocsSnippetsTest {
  private static final String IMPORTS =
      Stream.of(
              "java.time",
              "java.util",
              "java.util.concurrent",
              "java.util.concurrent.locks",
              "dev.interleave",
              "dev.interleave.buffer",
              "dev.interleave.context",
              "dev.interleave.diagnose",
              "dev.interleave.ipc.channel",
              "dev.interleave.ipc.rpc",
              "dev.interleave.ipc.transport",
              "dev.interleave.lifecycle",
              "dev.interleave.lock",
              "dev.interleave.pool",
              "dev.interleave.state",
              "dev.interleave.testing",
              "dev.interleave.testing.contract")
          .map("import %s.*; "::formatted)
          .collect(Collectors.joining());

  /** What a block may be; {@code %s} stands for it. */
  private static final List<String> SHAPES =
      List.of("%s", "class Snippet { %s }", "class Snippet { void run() throws Exception { %s } }");

  @TempDir Path classes;

  static List<Fence> snippets() {
    return Page.fences("java").toList();
  }

  @ParameterizedTest
  @MethodSource("snippets")
  void compiles(Fence snippet) throws IOException {
    assertThat(problems(snippet.code())).isEmpty();
  }

  @Test
  void thePagesHaveSnippets() {
    assertThat(snippets())
        .extracting(snippet -> snippet.page().name())
        .contains(
            "README.md",
            "docs/batch-and-pipeline.md",
            "docs/buffer.md",
            "docs/channels.md",
            "docs/context.md",
            "docs/diagnose.md",
            "docs/lifecycle.md",
            "docs/lock.md",
            "docs/pool.md",
            "docs/pool-sizing.md",
            "docs/rpc.md",
            "docs/shared-objects.md",
            "docs/state.md",
            "docs/testing.md");
  }

  @Test
  void everyShapeCompiles() throws IOException {
    assertThat(problems("import java.io.File;\nclass A { File f() { return null; } }")).isEmpty();
    assertThat(problems("private int n;\nint n() { return n; }")).isEmpty();
    assertThat(problems("int n = 1;\nThread.sleep(n);")).isEmpty();
  }

  @Test
  void whatIsWrongIsFound() throws IOException {
    assertThat(problems("int n = \"one\";")).anyMatch(problem -> problem.contains("incompatible"));
    assertThat(problems("class A { Missing m; }")).isNotEmpty();
    assertThat(problems("new BiasedReadWriteLock().lock();")).isNotEmpty();
    assertThat(problems("int n = 1")).isNotEmpty();
  }

  /** None if one shape compiles, otherwise the errors of all. */
  private List<String> problems(String code) throws IOException {
    String imports =
        code.lines().filter(line -> line.startsWith("import ")).collect(Collectors.joining(" "));
    String rest =
        code.lines().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n"));
    List<String> problems = new ArrayList<>();
    for (String shape : SHAPES) {
      List<String> found = compile(IMPORTS + imports + shape.formatted(rest + "\n"));
      if (found.isEmpty()) {
        return List.of();
      }
      found.forEach(problem -> problems.add("as " + shape.formatted("...") + ", " + problem));
    }
    return problems;
  }

  private List<String> compile(String source) throws IOException {
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    List<String> options =
        List.of(
            "--release",
            "21",
            "-proc:none",
            "-d",
            classes.toString(),
            "-classpath",
            System.getProperty("java.class.path"));
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    try (StandardJavaFileManager files = javac.getStandardFileManager(found, Locale.ROOT, UTF_8)) {
      javac.getTask(null, files, found, options, null, List.of(file)).call();
    }
    return found.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .map(error -> "line " + error.getLineNumber() + ": " + error.getMessage(Locale.ROOT))
        .toList();
  }
}
