// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Tag;

/** FIFO order under a lock. */
@Tag("kit")
class ResizableContractTest extends ClosingQueueContract {
  @Override
  protected BlockingQueue<Long> create(int capacity) {
    return BoundedBuffer.<Long>builder(capacity).resizable(true).build();
  }
}
