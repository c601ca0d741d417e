// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an example went.
 *
 * @param output what it printed
 * @param result its result; null if it failed
 * @param failure what it failed with; null if it passed
 */
record Outcome(
    Example example,
    String output,
    @Nullable String result,
    @Nullable Throwable failure,
    Duration took) {

  boolean passed() {
    return failure == null;
  }

  /** The result, or what it failed with, in one line. */
  String inOneLine() {
    if (failure == null) {
      return String.valueOf(result);
    }
    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    return "failed: " + message.lines().findFirst().orElse("");
  }

  /** The failure with its stack; empty if there is none. */
  String trace() {
    if (failure == null) {
      return "";
    }
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }

  /** A time for people: {@code 12 ms}, {@code 1.23 s}. */
  static String inShort(Duration time) {
    long millis = time.toMillis();
    return millis < 1000
        ? millis + " ms"
        : "%d.%02d s".formatted(millis / 1000, millis % 1000 / 10);
  }
}
