// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Tag;

/** A bound by weight; all items weigh the same here, so that it is one by number. */
@Tag("kit")
class WeightedContractTest extends ClosingQueueContract {
  @Override
  protected BlockingQueue<Long> create(int capacity) {
    return BoundedBuffer.<Long>builder(capacity).weigher(item -> 3, 3L * capacity + 2).build();
  }
}
