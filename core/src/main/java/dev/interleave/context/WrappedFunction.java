// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A {@code Function} in a context. */
final class WrappedFunction<T extends @Nullable Object, R extends @Nullable Object>
    implements Function<T, R> {
  private final @Nullable Context context;
  private final Function<T, R> task;

  WrappedFunction(@Nullable Context context, Function<T, R> task) {
    this.context = context;
    this.task = task;
  }

  @Override
  public R apply(T value) {
    Object before = Switch.enter(context);
    try {
      return task.apply(value);
    } finally {
      Switch.leave(context, before, task);
    }
  }

  @Override
  public String toString() {
    return Wrapped.toString(task, context);
  }
}
