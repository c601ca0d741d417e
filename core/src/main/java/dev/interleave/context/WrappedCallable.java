// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A {@code Callable} in a context. */
final class WrappedCallable<T extends @Nullable Object> implements Callable<T> {
  private final @Nullable Context context;
  private final Callable<T> task;

  WrappedCallable(@Nullable Context context, Callable<T> task) {
    this.context = context;
    this.task = task;
  }

  @Override
  public T call() throws Exception {
    Object before = Switch.enter(context);
    try {
      return task.call();
    } finally {
      Switch.leave(context, before, task);
    }
  }

  @Override
  public String toString() {
    return Wrapped.toString(task, context);
  }
}
