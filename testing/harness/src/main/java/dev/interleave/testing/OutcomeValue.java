// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Brings outcomes into the form in which they are compared. */
final class OutcomeValue {
  private OutcomeValue() {}

  /** Returns the outcome of a round from its parts: the only part, or the list of all. */
  static @Nullable Object of(@Nullable Object[] parts, int count) {
    if (count == 0) {
      return Stress.Nothing.COMPLETED;
    }
    if (count == 1) {
      return normal(parts[0]);
    }
    List<@Nullable Object> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      all.add(normal(parts[i]));
    }
    return Collections.unmodifiableList(all);
  }

  /**
   * Makes equal what a reader takes for equal: whole numbers whatever their type, since {@code
   * expect(2, …)} says nothing of one, and arrays like lists.
   */
  static @Nullable Object normal(@Nullable Object value) {
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    if (value instanceof Failure failure) {
      return failure.outcome();
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>(list.size());
      list.forEach(element -> copy.add(normal(element)));
      return Collections.unmodifiableList(copy);
    }
    if (value != null && value.getClass().isArray()) {
      List<@Nullable Object> copy = new ArrayList<>();
      for (int i = 0; i < Array.getLength(value); i++) {
        copy.add(normal(Array.get(value, i)));
      }
      return Collections.unmodifiableList(copy);
    }
    return value;
  }
}
