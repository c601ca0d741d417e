// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ScopedValueBridge} needs of {@code java.lang.ScopedValue}, where there is none: this
 * is for JDK 21 to 24. From 25 on, the class of the same name in {@code src/main/java25} takes its
 * place, which the jar has under {@code META-INF/versions/25}.
 */
@SuppressWarnings("DoNotCallSuggester") // what is called is the other class
final class ScopedValues {
  private ScopedValues() {}

  /** Whether this is the other one. A method: compilers copy constants to where they are used. */
  static boolean areSupported() {
    return false;
  }

  private static UnsupportedOperationException unsupported() {
    return new UnsupportedOperationException(
        "scoped values need JDK 25, and the jar of Interleave as it was built with one; this is "
            + Runtime.version());
  }

  /** Whether it is a scoped value. */
  static boolean isOne(@Nullable Object candidate) {
    throw unsupported();
  }

  static boolean isBound(Object scopedValue) {
    throw unsupported();
  }

  /** What it is bound to. */
  static @Nullable Object get(Object scopedValue) {
    throw unsupported();
  }

  /** Runs something with scoped values bound; they and what they are bound to come in turn. */
  static void run(List<Object> bindings, Runnable task) {
    throw unsupported();
  }

  /** Calls something with scoped values bound; they and what they are bound to come in turn. */
  static <T extends @Nullable Object> T call(List<Object> bindings, Callable<T> task)
      throws Exception {
    throw unsupported();
  }
}
