// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.concurrent.atomic.LongAdder;

/** What a client counts; see {@link RpcClientStats}. */
final class ClientCounts {
  final LongAdder ok = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder timedOut = new LongAdder();
  final LongAdder rejected = new LongAdder();
  final LongAdder cancelled = new LongAdder();
  final LongAdder lost = new LongAdder();
  final LongAdder repeated = new LongAdder();
  final LongAdder ignored = new LongAdder();
  final LongAdder reconnects = new LongAdder();

  LongAdder of(Outcome.Kind kind) {
    return switch (kind) {
      case FAILED -> failed;
      case TIMED_OUT -> timedOut;
      case REJECTED -> rejected;
      case CANCELLED -> cancelled;
      case LOST -> lost;
    };
  }
}
