// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.buffer.BoundedBuffer;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The queue of a pool whose tasks have an order of their own, or of a very large one. */
final class TaskBuffer implements TaskQueue {
  private final BoundedBuffer<Task> buffer;

  /** Of so many places, and in the order that the pool is to have. */
  TaskBuffer(MonitoredPool.Builder config, int slots) {
    buffer =
        BoundedBuffer.<Task>builder(slots)
            .name(config.name() + " queue")
            .order(order(config))
            .build();
  }

  private static BoundedBuffer.Order<? super Task> order(MonitoredPool.Builder config) {
    Comparator<Object> comparator = config.comparator();
    if (comparator != null) {
      return BoundedBuffer.Order.<Task>priority(
          (one, other) -> comparator.compare(one.body(), other.body()));
    }
    return config.isLifo() ? BoundedBuffer.Order.LIFO : BoundedBuffer.Order.FIFO;
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
