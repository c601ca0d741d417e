// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;
import org.junit.jupiter.api.Tag;

/** A queue without a bound, and with an order of its own. */
@Tag("kit")
class PriorityBlockingQueueTest extends BlockingQueueContract {
  @Override
  protected BlockingQueue<Long> create(int capacity) {
    return new PriorityBlockingQueue<>(capacity);
  }

  @Override
  protected boolean bounded() {
    return false;
  }

  @Override
  protected QueueOrder order() {
    return QueueOrder.LEAST_FIRST;
  }
}
