// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A {@code BiConsumer} in a context. */
final class WrappedBiConsumer<T extends @Nullable Object, U extends @Nullable Object>
    implements BiConsumer<T, U> {
  private final @Nullable Context context;
  private final BiConsumer<T, U> task;

  WrappedBiConsumer(@Nullable Context context, BiConsumer<T, U> task) {
    this.context = context;
    this.task = task;
  }

  @Override
  public void accept(T first, U second) {
    Object before = Switch.enter(context);
    try {
      task.accept(first, second);
    } finally {
      Switch.leave(context, before, task);
    }
  }

  @Override
  public String toString() {
    return Wrapped.toString(task, context);
  }
}
