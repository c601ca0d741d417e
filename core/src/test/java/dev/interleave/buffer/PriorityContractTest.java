// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import dev.interleave.testing.contract.QueueOrder;
import java.util.Comparator;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Tag;

/** Priorities. */
@Tag("kit")
class PriorityContractTest extends ClosingQueueContract {
  @Override
  protected BlockingQueue<Long> create(int capacity) {
    return BoundedBuffer.<Long>builder(capacity)
        .order(BoundedBuffer.Order.<Long>priority(Comparator.naturalOrder()))
        .build();
  }

  @Override
  protected QueueOrder order() {
    return QueueOrder.LEAST_FIRST;
  }
}
