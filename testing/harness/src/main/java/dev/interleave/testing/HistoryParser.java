// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a history from text: see {@link History#parse}. */
final class HistoryParser {
  private final String[] lines;
  private final HistoryBuilder history = new HistoryBuilder();
  private String line = "";
  private int number;
  private int at;

  HistoryParser(String text) {
    this.lines = text.split("\\R", -1);
  }

  History parse() {
    for (String next : lines) {
      line = next;
      number++;
      at = 0;
      skipBlanks();
      if (at < line.length() && line.charAt(at) != '#') {
        event();
        skipBlanks();
        if (at < line.length()) {
          throw wrong("the end of the line");
        }
      }
    }
    return history.build();
  }

  private void event() {
    String thread = name("the name of a thread");
    expect(':');
    skipBlanks();
    String word = name("a call, done, returned or threw");
    skipBlanks();
    try {
      if (skip('(')) {
        call(thread, word);
      } else {
        history.ended(thread, end(word));
      }
    } catch (IllegalStateException outOfOrder) {
      throw new IllegalArgumentException(where() + outOfOrder.getMessage(), outOfOrder);
    }
  }

  private void call(String thread, String name) {
    List<@Nullable Object> arguments = values(')');
    Object key = null;
    skipBlanks();
    if (line.startsWith("on ", at)) {
      at += 3;
      key = value();
    }
    history.callOn(key, thread, name, arguments.toArray());
  }

  private Outcome end(String word) {
    return switch (word) {
      case "done" -> Outcome.done();
      case "returned" -> Outcome.returned(value());
      case "threw" -> new Outcome.Threw(types());
      default -> throw wrong("( after the name of an operation");
    };
  }

  private List<String> types() {
    List<String> types = new ArrayList<>();
    do {
      skipBlanks();
      types.add(name("the name of a class"));
      skipBlanks();
    } while (skip('<'));
    return types;
  }

  private List<@Nullable Object> values(char close) {
    List<@Nullable Object> values = new ArrayList<>();
    skipBlanks();
    if (skip(close)) {
      return values;
    }
    do {
      values.add(value());
      skipBlanks();
    } while (skip(','));
    expect(close);
    return values;
  }

  private @Nullable Object value() {
    skipBlanks();
    char first = peek();
    if (skip('[')) {
      return values(']');
    }
    if (first == '"') {
      return quoted('"');
    }
    if (first == '\'') {
      String character = quoted('\'');
      if (character.length() != 1) {
        throw wrong("a single character in single quotes before this");
      }
      return character.charAt(0);
    }
    int from = at;
    while (at < line.length() && isPartOfWord(line.charAt(at))) {
      at++;
    }
    String word = line.substring(from, at);
    return switch (word) {
      case "null" -> null;
      case "true" -> true;
      case "false" -> false;
      default -> number(word, from);
    };
  }

  private Object number(String word, int from) {
    try {
      if (word.endsWith("L")) {
        return Long.valueOf(word.substring(0, word.length() - 1));
      }
      if (word.matches("[+-]?[0-9]+")) {
        return Integer.valueOf(word);
      }
      return Double.valueOf(word);
    } catch (NumberFormatException e) {
      at = from;
      throw wrong("a value");
    }
  }

  private String quoted(char mark) {
    StringBuilder text = new StringBuilder();
    at++;
    while (peek() != mark) {
      char c = line.charAt(at++);
      text.append(c == '\\' ? escaped() : c);
    }
    at++;
    return text.toString();
  }

  private char escaped() {
    char c = peek();
    at++;
    return switch (c) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case '\\', '"', '\'' -> c;
      case 'u' -> {
        if (!line.substring(at).matches("[0-9a-fA-F]{4}.*")) {
          throw wrong("four hexadecimal digits");
        }
        at += 4;
        yield (char) Integer.parseInt(line.substring(at - 4, at), 16);
      }
      default -> {
        at--;
        throw wrong("one of n r t u \\ \" ' after the backslash");
      }
    };
  }

  private String name(String what) {
    if (peek() == '"') {
      return quoted('"');
    }
    int from = at;
    while (at < line.length() && isPartOfName(line.charAt(at))) {
      at++;
    }
    if (at == from) {
      throw wrong(what);
    }
    return line.substring(from, at);
  }

  private static boolean isPartOfName(char c) {
    return Character.isLetterOrDigit(c) || "._#-$".indexOf(c) >= 0;
  }

  private static boolean isPartOfWord(char c) {
    return Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '+';
  }

  /** Returns the next character; there must be one. */
  private char peek() {
    if (at >= line.length()) {
      throw wrong("more");
    }
    return line.charAt(at);
  }

  private void expect(char c) {
    skipBlanks();
    if (!skip(c)) {
      throw wrong(String.valueOf(c));
    }
  }

  private boolean skip(char c) {
    boolean found = at < line.length() && line.charAt(at) == c;
    at += found ? 1 : 0;
    return found;
  }

  private void skipBlanks() {
    while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
      at++;
    }
  }

  private IllegalArgumentException wrong(String expected) {
    return new IllegalArgumentException(
        where() + "expected " + expected + " at column " + (at + 1) + ": " + line);
  }

  private String where() {
    return "line " + number + ": ";
  }
}
