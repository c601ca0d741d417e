// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.concurrent.atomic.LongAdder;

/** What a server counts; see {@link RpcServerStats}. */
final class ServerCounts {
  final LongAdder accepted = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder broken = new LongAdder();
  final LongAdder received = new LongAdder();
  final LongAdder ok = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder rejected = new LongAdder();
  final LongAdder expired = new LongAdder();
  final LongAdder timedOut = new LongAdder();
  final LongAdder cancelled = new LongAdder();
  final LongAdder unknown = new LongAdder();
  final LongAdder bad = new LongAdder();
  final LongAdder repeated = new LongAdder();
  final LongAdder repliesLost = new LongAdder();
  final LongAdder ignored = new LongAdder();
}
