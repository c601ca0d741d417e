// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.util.concurrent.atomic.LongAdder;

/** Counts the tasks that met a full pool, or a closed one, by what became of them. */
final class Rejections {
  final LongAdder aborted = new LongAdder();
  final LongAdder callerRan = new LongAdder();
  final LongAdder blocked = new LongAdder();
  final LongAdder dropped = new LongAdder();
  final LongAdder closed = new LongAdder();
  final LongAdder noThread = new LongAdder();

  PoolStats.Rejected counts() {
    return new PoolStats.Rejected(
        aborted.sum(), callerRan.sum(), blocked.sum(), dropped.sum(), closed.sum(), noThread.sum());
  }
}
