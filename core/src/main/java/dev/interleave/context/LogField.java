// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A field of log events that comes from the context. */
record LogField<T>(
    String key, ContextLocal<T> local, Function<? super T, ? extends @Nullable String> text) {
  void put(Context from, Map<String, String> into) {
    T value = local.find(from);
    String shown = value == null ? null : shown(value);
    if (shown != null) {
      into.put(key, shown);
    }
  }

  private @Nullable String shown(T value) {
    try {
      return text.apply(value);
    } catch (RuntimeException | Error e) { // whoever logs is not to blame, and wants the event
      return "<" + e.getClass().getName() + ">";
    }
  }
}
