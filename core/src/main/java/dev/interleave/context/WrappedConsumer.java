// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A {@code Consumer} in a context. */
final class WrappedConsumer<T extends @Nullable Object> implements Consumer<T> {
  private final @Nullable Context context;
  private final Consumer<T> task;

  WrappedConsumer(@Nullable Context context, Consumer<T> task) {
    this.context = context;
    this.task = task;
  }

  @Override
  public void accept(T value) {
    Object before = Switch.enter(context);
    try {
      task.accept(value);
    } finally {
      Switch.leave(context, before, task);
    }
  }

  @Override
  public String toString() {
    return Wrapped.toString(task, context);
  }
}
