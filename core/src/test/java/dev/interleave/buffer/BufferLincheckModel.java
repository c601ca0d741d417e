// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What {@link BufferLincheck} is to one thread: FIFO, capacity 2. */
public final class BufferLincheckModel {
  private final ArrayDeque<Integer> items = new ArrayDeque<>();
  private boolean closed;

  public String offer(int item) {
    if (closed) {
      return "closed";
    }
    if (items.size() == 2) {
      return "full";
    }
    items.add(item);
    return "in";
  }

  public @Nullable Integer poll() {
    return items.poll();
  }

  public @Nullable Integer peek() {
    return items.peek();
  }

  public int size() {
    return items.size();
  }

  public boolean remove(int item) {
    return items.remove((Integer) item);
  }

  public void close() {
    closed = true;
  }

  public boolean isClosed() {
    return closed;
  }
}
