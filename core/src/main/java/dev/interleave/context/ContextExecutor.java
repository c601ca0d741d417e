// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Runs tasks in a context: a given one, or that of whoever submits. */
class ContextExecutor implements Executor {
  private final Executor executor;
  private final @Nullable Context fixed;

  ContextExecutor(Executor executor, @Nullable Context fixed) {
    this.executor = Objects.requireNonNull(executor, "executor");
    this.fixed = fixed;
  }

  /** What a task that is submitted now is to be wrapped in. */
  final Context context() {
    return fixed == null ? Context.current() : fixed;
  }

  @Override
  public final void execute(Runnable task) {
    executor.execute(context().wrap(task));
  }

  @Override
  public final String toString() {
    return executor + " in " + (fixed == null ? "the context of who submits" : fixed);
  }
}
