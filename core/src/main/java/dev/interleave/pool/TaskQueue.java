// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import org.jspecify.annotations.Nullable;

/**
 * Where admitted tasks wait for a worker. It holds {@link Task}s, and {@code Runnable}s as they
 * were handed over, which become tasks when they begin. Nobody waits here: see {@link Lounge}.
 */
interface TaskQueue {
  /** Takes what is next; null if there is nothing, or nothing yet of what is on its way. */
  @Nullable Object poll(Task into);

  /** Whether there is something, perhaps only on its way, or a husk. */
  boolean hasTasks();

  /** Whether {@link #poll} is likely to find something. */
  boolean isReady();

  /** The same as {@link #poll}, but waits for what is on its way. */
  default @Nullable Object pollSurely(Task into) {
    int pauses = 0;
    while (true) {
      Object item = poll(into);
      if (item != null || !hasTasks()) {
        return item;
      }
      pauses = Pause.after(pauses);
    }
  }
}
