// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import dev.interleave.testing.contract.QueueOrder;
import java.util.concurrent.BlockingQueue;

/** LIFO order, fair. */
class FairLifoContractTest extends ClosingQueueContract {
  @Override
  protected BlockingQueue<Long> create(int capacity) {
    return BoundedBuffer.<Long>builder(capacity).order(BoundedBuffer.Order.LIFO).fair(true).build();
  }

  @Override
  protected QueueOrder order() {
    return QueueOrder.LIFO;
  }

  @Override
  protected boolean fair() {
    return true;
  }
}
