// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lifecycle;

import dev.interleave.lifecycle.PeriodicService;
import dev.interleave.lifecycle.StopToken;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Loads each five minutes what will be wanted and is not there; stops between two of them. */
final class Preloader {
  private final Map<String, String> loaded = new ConcurrentHashMap<>();
  private final List<String> wanted;
  private final Function<String, String> source;
  private final PeriodicService service;

  Preloader(List<String> wanted, Function<String, String> source) {
    this.wanted = wanted;
    this.source = source;
    service =
        PeriodicService.builder("preloader", this::load)
            .fixedDelay(Duration.ofMinutes(5))
            .errors(e -> {}) // a miss is loaded on demand; it is counted among the failures
            .build();
  }

  PeriodicService service() {
    return service;
  }

  Map<String, String> loaded() {
    return Map.copyOf(loaded);
  }

  private void load(StopToken stop) {
    for (String key : wanted) {
      stop.throwIfStopped();
      loaded.computeIfAbsent(key, source);
    }
  }
}
