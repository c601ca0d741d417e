// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The one for JDK 25 and later; the other one says what it is for. */
final class ScopedValues {
  private ScopedValues() {}

  /** Whether this is the one with support. */
  static boolean areSupported() {
    return true;
  }

  /** Whether it is a scoped value. */
  static boolean isOne(@Nullable Object candidate) {
    return candidate instanceof ScopedValue<?>;
  }

  static boolean isBound(Object scopedValue) {
    return ((ScopedValue<?>) scopedValue).isBound();
  }

  /** What it is bound to. */
  static @Nullable Object get(Object scopedValue) {
    return ((ScopedValue<?>) scopedValue).get();
  }

  /** Runs something with scoped values bound; they and what they are bound to come in turn. */
  static void run(List<Object> bindings, Runnable task) {
    if (bindings.isEmpty()) {
      task.run();
    } else {
      carrier(bindings).run(task);
    }
  }

  /** Calls something with scoped values bound; they and what they are bound to come in turn. */
  static <T extends @Nullable Object> T call(List<Object> bindings, Callable<T> task)
      throws Exception {
    if (bindings.isEmpty()) {
      return task.call();
    }
    ScopedValue.CallableOp<T, Exception> body = task::call;
    return carrier(bindings).call(body);
  }

  private static ScopedValue.Carrier carrier(List<Object> bindings) {
    ScopedValue.Carrier carrier = ScopedValue.where(key(bindings.get(0)), bindings.get(1));
    for (int i = 2; i < bindings.size(); i += 2) {
      carrier = carrier.where(key(bindings.get(i)), bindings.get(i + 1));
    }
    return carrier;
  }

  @SuppressWarnings("unchecked") // isOne() was asked, and a type variable is not there at run time
  private static ScopedValue<Object> key(Object scopedValue) {
    return (ScopedValue<Object>) scopedValue;
  }
}
