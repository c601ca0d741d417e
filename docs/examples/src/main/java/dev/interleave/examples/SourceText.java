// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The source of a class, as HTML. */
final class SourceText {
  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<comment>//[^\\n]*|/\\*[\\s\\S]*?\\*/)"
              + "|(?<string>\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\])*')"
              + "|(?<annotation>@\\w+)"
              + "|(?<keyword>\\b(?:abstract|boolean|break|byte|case|catch|char|class|continue"
              + "|default|do|double|else|enum|extends|final|finally|float|for|if|implements"
              + "|import|instanceof|int|interface|long|new|null|package|private|protected"
              + "|public|record|return|short|static|super|switch|this|throw|throws|true|false"
              + "|try|var|void|volatile|while)\\b)");

  private SourceText() {}

  /**
   * The source without its package and imports; empty if the class does not run from the folder it
   * was compiled to, beside its source.
   */
  static Optional<String> of(Class<?> type) throws IOException {
    CodeSource from = type.getProtectionDomain().getCodeSource();
    if (from == null) {
      return Optional.empty();
    }
    Path module;
    try { // module/target/classes
      module = Path.of(from.getLocation().toURI()).resolve("../..").normalize();
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
    Path source =
        module.resolve("src/main/java").resolve(type.getName().replace('.', '/') + ".java");
    if (!Files.isRegularFile(source)) {
      return Optional.empty();
    }
    String text = Files.readString(source);
    Matcher imports = Pattern.compile("(?m)^(?:package|import) .*\\R+").matcher(text);
    int begin = 0;
    while (imports.find()) {
      begin = imports.end();
    }
    return Optional.of(text.substring(begin).strip());
  }

  /** Java source as HTML, with a class for each kind of token that is set off. */
  static String highlighted(String java) {
    StringBuilder html = new StringBuilder();
    Matcher token = TOKEN.matcher(java);
    int end = 0;
    while (token.find()) {
      html.append(escaped(java.substring(end, token.start())));
      html.append("<span class=\"").append(kind(token)).append("\">");
      html.append(escaped(token.group())).append("</span>");
      end = token.end();
    }
    return html.append(escaped(java.substring(end))).toString();
  }

  private static String kind(Matcher token) {
    if (token.group("comment") != null) {
      return "comment";
    } else if (token.group("string") != null) {
      return "string";
    }
    return token.group("keyword") != null ? "keyword" : "annotation";
  }

  /** Text as HTML, also within an attribute. */
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
