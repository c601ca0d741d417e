// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

/** Values in dumps and messages: a line at most, and never an exception. */
final class Shown {
  private static final int MAX = 120;

  private Shown() {}

  static String of(Object value) {
    String text;
    try {
      text = String.valueOf(value);
    } catch (RuntimeException | Error e) { // the dump is wanted all the same, and says so
      return "<" + value.getClass().getName() + ".toString threw " + e.getClass().getName() + ">";
    }
    String line = text.lines().findFirst().orElse("");
    boolean whole = line.length() == text.length() && line.length() <= MAX;
    return whole ? line : line.substring(0, Math.min(line.length(), MAX)) + "…";
  }
}
