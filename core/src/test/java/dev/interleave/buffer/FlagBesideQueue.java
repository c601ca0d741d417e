// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.util.concurrent.ArrayBlockingQueue;

/**
 * A queue with the usual flag beside it that says whether it is closed. Between the look at the
 * flag and the insertion it can be closed and drained: then the item is accepted and lost. {@link
 * BufferLincheck} has to find it out.
 */
final class FlagBesideQueue extends ArrayBlockingQueue<Integer> {
  private static final long serialVersionUID = 1L;

  private volatile boolean closed;

  FlagBesideQueue(int capacity) {
    super(capacity);
  }

  @Override
  public boolean offer(Integer item) {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    return super.offer(item);
  }

  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }
}
