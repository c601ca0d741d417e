// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/** Where this package tells what nobody else hears: the platform's logger. */
final class Log {
  private static final System.Logger LOGGER = System.getLogger("dev.interleave.lifecycle");

  private Log() {}

  static void error(String what, Throwable cause) {
    LOGGER.log(Level.ERROR, what, cause);
  }

  static void warn(String what) {
    LOGGER.log(Level.WARNING, what);
  }

  static void info(String what) {
    LOGGER.log(Level.INFO, what);
  }

  /** Tells {@code to} of an error; the log, if that fails itself. Throws nothing. */
  static void tell(Consumer<? super Throwable> to, String what, Throwable error) {
    try {
      to.accept(error);
    } catch (Throwable again) { // whose it is nobody knows, but both have to be heard
      error(what, error);
      error("and who was to be told of it failed", again);
    }
  }
}
