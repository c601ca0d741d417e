// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal;

import java.io.Console;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The terminal that the JVM runs in, if it does. */
public final class Terminal {
  private static final int WIDTH = 79;

  private Terminal() {}

  /**
   * Returns what prints a line over the last one, or null where there is no terminal.
   *
   * @return a progress line
   */
  @SuppressWarnings("SystemConsoleNull") // it does on 21, and again on 25
  public static @Nullable Consumer<String> progressLine() {
    Console console = System.console();
    if (console == null || !isTerminal(console)) {
      return null;
    }
    return line -> {
      String cut = line.substring(0, Math.min(line.length(), WIDTH));
      console.printf("\r%-" + WIDTH + "s", cut);
      console.flush();
    };
  }

  /** From 22 on there may be a console without a terminal, and a method that tells. */
  private static boolean isTerminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException before22) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
