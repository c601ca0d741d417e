// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lifecycle;

import dev.interleave.lifecycle.PeriodicService;
import dev.interleave.lifecycle.StopToken;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Removes each minute what has expired; at random up to five seconds later, as there are many. */
final class CacheCleaner {
  private final Map<String, Long> expiry = new ConcurrentHashMap<>();
  private final LongSupplier clock;
  private final PeriodicService service =
      PeriodicService.builder("cache cleaner", this::clean)
          .fixedDelay(Duration.ofMinutes(1))
          .jitter(Duration.ofSeconds(5))
          .build();

  CacheCleaner(LongSupplier clock) {
    this.clock = clock;
  }

  PeriodicService service() {
    return service;
  }

  void put(String key, Duration lives) {
    expiry.put(key, clock.getAsLong() + lives.toNanos());
  }

  Set<String> keys() {
    return Set.copyOf(expiry.keySet());
  }

  private void clean(StopToken stop) {
    long now = clock.getAsLong();
    expiry.values().removeIf(at -> at - now <= 0);
  }
}
