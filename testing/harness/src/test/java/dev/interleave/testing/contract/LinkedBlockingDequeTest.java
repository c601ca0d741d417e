// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingDeque;
import org.junit.jupiter.api.Tag;

@Tag("kit")
class LinkedBlockingDequeTest extends BlockingQueueContract {
  @Override
  protected BlockingQueue<Long> create(int capacity) {
    return new LinkedBlockingDeque<>(capacity);
  }

  /** On JDK 21, put and take do not look at an interrupt unless they wait. */
  @Override
  protected boolean interruptibleWithoutWaiting() {
    return false;
  }
}
