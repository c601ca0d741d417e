// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Tag;

/** FIFO order, fair. */
@Tag("kit")
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
