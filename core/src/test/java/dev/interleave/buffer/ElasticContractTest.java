// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Tag;

/** An elastic buffer, from its least capacity on. */
@Tag("kit")
class ElasticContractTest extends ClosingQueueContract {
  @Override
  protected BlockingQueue<Long> create(int capacity) {
    return ElasticBuffer.<Long>builder(1, capacity).build();
  }
}
