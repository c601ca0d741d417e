// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Markdown page of this repository. */
record Page(Path file, String text) {
  private static final Path ROOT =
      Path.of(System.getProperty("basedir", "")).resolve("../..").toAbsolutePath().normalize();

  private static final Pattern FENCE =
      Pattern.compile("(?ms)^( *)```(\\w+)[ \\t]*([^\\n]*)\\n(.*?)^ *```[ \\t]*$");
  private static final Pattern LINK = Pattern.compile("!?\\[[^\\]]*\\]\\(([^)\\s]+)\\)");

  /** A block of code: its language, what else stands behind it, and where it begins. */
  record Fence(Page page, int line, String language, String about, String code) {
    @Override
    public String toString() {
      return page.name() + ":" + line;
    }
  }

  /** All pages that people read. */
  static List<Page> all() {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(
              Stream.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")), docs)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .map(Page::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<Fence> fences(String language) {
    return all().stream()
        .flatMap(page -> page.fences().stream())
        .filter(fence -> fence.language().equals(language));
  }

  private static Page read(Path file) {
    try {
      return new Page(file, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return name();
  }

  String name() {
    return ROOT.relativize(file).toString().replace('\\', '/');
  }

  List<Fence> fences() {
    List<Fence> fences = new ArrayList<>();
    Matcher fence = FENCE.matcher(text);
    while (fence.find()) {
      int line = 1 + (int) text.substring(0, fence.start()).lines().count();
      String code = fence.group(4).stripIndent();
      fences.add(new Fence(this, line, fence.group(2), fence.group(3).strip(), code));
    }
    return fences;
  }

  /**
   * Where the links of this page lead within the repository, without {@code #} and what follows.
   */
  List<Path> localLinks() {
    return LINK.matcher(text)
        .results()
        .map(link -> link.group(1))
        .filter(link -> !link.matches("[a-z]+:.*") && !link.startsWith("#"))
        .map(link -> file.resolveSibling(link.replaceFirst("#.*", "")).normalize())
        .toList();
  }
}
