// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.Collection;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Shows values as one would write them in a program. */
final class Values {
  private Values() {}

  static String show(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case String text -> quote(text, '"');
      case Character character -> quote(character.toString(), '\'');
      case Long number -> number + "L";
      case Collection<?> values ->
          values.stream().map(Values::show).collect(Collectors.joining(", ", "[", "]"));
      default -> String.valueOf(value);
    };
  }

  private static String quote(String text, char mark) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append(mark);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        case '\\' -> quoted.append("\\\\");
        default -> {
          if (c == mark) {
            quoted.append('\\').append(c);
          } else if (c < ' ' || c == 0x7f) {
            quoted.append(String.format("\\u%04x", (int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append(mark).toString();
  }
}
