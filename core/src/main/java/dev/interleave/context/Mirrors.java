// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The locals of a context that have mirrors, with their values; never empty. Contexts that have the
 * same of them share one object, so that a switch between those need not look further.
 */
record Mirrors(Map<ContextLocal<?>, Object> values) {
  static @Nullable Mirrors with(@Nullable Mirrors before, ContextLocal<?> local, Object value) {
    if (local.mirrors().isEmpty()) {
      return before;
    }
    Map<ContextLocal<?>, Object> next = copy(before);
    next.put(local, value);
    return new Mirrors(next);
  }

  static @Nullable Mirrors without(@Nullable Mirrors before, ContextLocal<?> local) {
    if (before == null || !before.values.containsKey(local)) {
      return before;
    }
    Map<ContextLocal<?>, Object> next = copy(before);
    next.remove(local);
    return next.isEmpty() ? null : new Mirrors(next);
  }

  private static Map<ContextLocal<?>, Object> copy(@Nullable Mirrors from) {
    return from == null ? new LinkedHashMap<>() : new LinkedHashMap<>(from.values);
  }

  static Map<ContextLocal<?>, Object> of(@Nullable Context context) {
    return context == null || context.mirrors == null ? Map.of() : context.mirrors.values;
  }
}
