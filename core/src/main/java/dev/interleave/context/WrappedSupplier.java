// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A {@code Supplier} in a context. */
final class WrappedSupplier<T extends @Nullable Object> implements Supplier<T> {
  private final @Nullable Context context;
  private final Supplier<T> task;

  WrappedSupplier(@Nullable Context context, Supplier<T> task) {
    this.context = context;
    this.task = task;
  }

  @Override
  public T get() {
    Object before = Switch.enter(context);
    try {
      return task.get();
    } finally {
      Switch.leave(context, before, task);
    }
  }

  @Override
  public String toString() {
    return Wrapped.toString(task, context);
  }
}
