// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal;

/** Builds HTML or SVG and escapes what is text. Not thread-safe. */
public final class Html {
  private final StringBuilder html = new StringBuilder(4_000);

  /** Makes an empty piece. */
  public Html() {}

  /**
   * Appends markup as it is.
   *
   * @param markup the markup
   * @return this
   */
  public Html raw(String markup) {
    html.append(markup);
    return this;
  }

  /**
   * Appends text, escaped; control characters that no page may contain become a question mark.
   *
   * @param text the text
   * @return this
   */
  public Html text(String text) {
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

  /**
   * Appends an element with text in it, and a line break.
   *
   * @param name the name of the element
   * @param text its text
   * @return this
   */
  public Html element(String name, String text) {
    return raw("<" + name + ">").text(text).raw("</" + name + ">\n");
  }

  /** Returns what was built. */
  @Override
  public String toString() {
    return html.toString();
  }
}
