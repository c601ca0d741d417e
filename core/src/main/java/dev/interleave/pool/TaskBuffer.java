// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.buffer.BoundedBuffer;
import org.jspecify.annotations.Nullable;

/** The queue of a pool whose tasks have an order of their own, or of a very large one. */
final class TaskBuffer implements TaskQueue {
  private final BoundedBuffer<Task> buffer;

  TaskBuffer(BoundedBuffer<Task> buffer) {
    this.buffer = buffer;
  }

  /** For what is done with it besides. */
  BoundedBuffer<Task> buffer() {
    return buffer;
  }

  /** Puts a task in, if there is room, perhaps that of husks. */
  boolean offer(Task task) {
    do {
      if (buffer.offer(task)) {
        return true;
      }
    } while (buffer.removeIf(Task::isHusk));
    return false;
  }

  @Override
  public @Nullable Object poll(Task into) {
    return buffer.poll();
  }

  @Override
  public boolean hasTasks() {
    return !buffer.isEmpty();
  }

  @Override
  public boolean isReady() {
    return hasTasks();
  }
}
