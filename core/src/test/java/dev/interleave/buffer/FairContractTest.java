// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.util.concurrent.BlockingQueue;

/** FIFO order, fair. */
class FairContractTest extends ClosingQueueContract {
  @Override
  protected BlockingQueue<Long> create(int capacity) {
    return BoundedBuffer.<Long>builder(capacity).fair(true).build();
  }

  @Override
  protected boolean fair() {
    return true;
  }
}
