// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import org.jspecify.annotations.Nullable;

/** A {@code Runnable} in a context. */
final class WrappedRunnable implements Runnable {
  private final @Nullable Context context;
  private final Runnable task;

  WrappedRunnable(@Nullable Context context, Runnable task) {
    this.context = context;
    this.task = task;
  }

  @Override
  public void run() {
    Switch.run(context, task);
  }

  @Override
  public String toString() {
    return Wrapped.toString(task, context);
  }
}
