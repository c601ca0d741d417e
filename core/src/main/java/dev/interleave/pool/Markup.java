// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

/** Builds HTML, and escapes what is text. Not thread-safe. */
final class Markup {
  private final StringBuilder html = new StringBuilder(8_000);

  /** Appends markup as it is. */
  Markup raw(String markup) {
    html.append(markup);
    return this;
  }

  /** Appends text, escaped; control characters that no page may contain become a question mark. */
  Markup text(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> html.append("&amp;");
        case '<' -> html.append("&lt;");
        case '>' -> html.append("&gt;");
        case '"' -> html.append("&quot;");
        case '\n', '\r', '\t' -> html.append(c);
        default -> html.append(Character.isISOControl(c) ? '?' : c);
      }
    }
    return this;
  }

  /** Appends an element with text in it, and a line break. */
  Markup element(String name, String text) {
    return raw("<" + name + ">").text(text).raw("</" + name + ">\n");
  }

  @Override
  public String toString() {
    return html.toString();
  }
}
