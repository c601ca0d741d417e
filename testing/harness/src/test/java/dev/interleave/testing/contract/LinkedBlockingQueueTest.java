// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;

@Tag("kit")
class LinkedBlockingQueueTest extends BlockingQueueContract {
  @Override
  protected BlockingQueue<Long> create(int capacity) {
    return new LinkedBlockingQueue<>(capacity);
  }
}
