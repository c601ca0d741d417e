// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Tag;

/** The ring: FIFO without anything else. */
@Tag("kit")
class RingContractTest extends ClosingQueueContract {
  @Override
  protected BlockingQueue<Long> create(int capacity) {
    return new BoundedBuffer<>(capacity);
  }
}
