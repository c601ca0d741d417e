// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import org.jspecify.annotations.Nullable;

/** A {@code Runnable} in a context. */
final class WrappedRunnable implements Runnable {
  /** As it was captured: that the empty one is installed as null is looked at only elsewhere. */
  private final Context context;

  private final Runnable task;

  WrappedRunnable(Context context, Runnable task) {
    this.context = context;
    this.task = task;
  }

  @Override
  public void run() {
    Object before = Switch.current(); // as Switch.run, which says why it is not called
    if (before == context) {
      try {
        task.run();
      } finally {
        Switch.stay(context, task);
      }
    } else {
      runElsewhere((Context) before, context.installed(), task);
    }
  }

  private static void runElsewhere(
      @Nullable Context current, @Nullable Context mine, Runnable task) {
    // Nothing is current where nothing is to be: the one case in which they are the same.
    Object before = current == mine ? current : Switch.change(current, mine);
    try {
      task.run();
    } finally {
      Switch.leave(mine, before, task);
    }
  }

  @Override
  public String toString() {
    return Wrapped.toString(task, context);
  }
}
