// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import org.junit.jupiter.api.Tag;

/** A queue without a bound and without a lock. */
@Tag("kit")
class LinkedTransferQueueTest extends BlockingQueueContract {
  @Override
  protected BlockingQueue<Long> create(int capacity) {
    return new LinkedTransferQueue<>();
  }

  @Override
  protected boolean bounded() {
    return false;
  }

  @Override
  protected boolean interruptibleWithoutWaiting() {
    return false;
  }
}
