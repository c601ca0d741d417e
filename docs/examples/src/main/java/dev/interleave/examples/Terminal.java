// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Duration;

/**
 * Where the tour is told. On an interactive terminal the last line shows the progress; elsewhere
 * there is plain text only. Thread-safe.
 */
final class Terminal {
  private static final String TO_LINE_START_AND_CLEAR = "\r\033[K";
  private static final int BAR = 20;

  private final PrintStream out;
  private final boolean interactive;
  private final boolean unicode;
  private String progress = "";

  Terminal(PrintStream out, Charset charset, boolean interactive) {
    this.out = out;
    this.interactive = interactive;
    unicode = charset.newEncoder().canEncode('✓');
  }

  /** Standard output. */
  static Terminal system() {
    return new Terminal(System.out, System.out.charset(), isInteractive());
  }

  @SuppressWarnings("SystemConsoleNull") // null says so on 21, isTerminal from 22 on
  private static boolean isInteractive() {
    Console console = System.console();
    String kind = System.getenv("TERM");
    if (console == null || kind == null || kind.equals("dumb")) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("Console.isTerminal", e);
    }
  }

  synchronized void line(String text) {
    clear();
    out.println(printable(text));
    out.print(progress);
    out.flush();
  }

  /** The sign before the result of an example. */
  String mark(boolean passed) {
    if (unicode) {
      return passed ? "✓" : "✗";
    }
    return passed ? "ok" : "FAILED";
  }

  /** Shows how far the tour is; does nothing where it would not be seen. */
  synchronized void progress(int done, int all, String name, Duration soFar) {
    if (interactive) {
      int filled = BAR * done / all;
      clear();
      progress =
          "[%s%s] %d/%d  %s  %s"
              .formatted(
                  "#".repeat(filled),
                  ".".repeat(BAR - filled),
                  done,
                  all,
                  name,
                  Outcome.inShort(soFar));
      out.print(progress);
      out.flush();
    }
  }

  /** Takes the progress away. */
  synchronized void endProgress() {
    clear();
    progress = "";
    out.flush();
  }

  private void clear() {
    if (!progress.isEmpty()) {
      out.print(TO_LINE_START_AND_CLEAR);
    }
  }

  private String printable(String text) {
    return unicode ? text : text.replace('×', 'x');
  }
}
