// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lifecycle;

import dev.interleave.lifecycle.PeriodicService;
import dev.interleave.lifecycle.StopToken;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Sums up each ten seconds what was counted since, on a grid: a late sum is better than none. */
final class MetricsCollector {
  private final LongAdder requests = new LongAdder();
  private final LongAdder total = new LongAdder();
  private final PeriodicService service =
      PeriodicService.builder("metrics", this::collect)
          .fixedRate(Duration.ofSeconds(10))
          .overlap(PeriodicService.Overlap.RUN_LATE)
          .missedOnce()
          .build();

  PeriodicService service() {
    return service;
  }

  void count() {
    requests.increment();
  }

  private void collect(StopToken stop) {
    total.add(requests.sumThenReset()); // nothing is counted twice: runs never overlap
  }

  long total() {
    return total.sum();
  }
}
