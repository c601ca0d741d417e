// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import dev.interleave.testing.contract.BlockingQueueContract;

/** What all buffers have in common beside being a blocking queue. */
abstract class ClosingQueueContract extends BlockingQueueContract {
  @Override
  protected boolean closeable() {
    return true;
  }

  @Override
  protected Class<? extends RuntimeException> closedException() {
    return BufferClosedException.class;
  }
}
