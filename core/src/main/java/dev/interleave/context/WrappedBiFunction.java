// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A {@code BiFunction} in a context. */
final class WrappedBiFunction<
        T extends @Nullable Object, U extends @Nullable Object, R extends @Nullable Object>
    implements BiFunction<T, U, R> {
  private final @Nullable Context context;
  private final BiFunction<T, U, R> task;

  WrappedBiFunction(@Nullable Context context, BiFunction<T, U, R> task) {
    this.context = context;
    this.task = task;
  }

  @Override
  public R apply(T first, U second) {
    Object before = Switch.enter(context);
    try {
      return task.apply(first, second);
    } finally {
      Switch.leave(context, before, task);
    }
  }

  @Override
  public String toString() {
    return Wrapped.toString(task, context);
  }
}
