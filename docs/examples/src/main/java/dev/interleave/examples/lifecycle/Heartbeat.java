// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lifecycle;

import dev.interleave.lifecycle.ErrorPolicy;
import dev.interleave.lifecycle.PeriodicService;
import java.time.Duration;
import java.util.function.Consumer;

/** Asks each five seconds whether somebody is there, and gives up after three times in a row. */
final class Heartbeat {
  static final int TIMES = 3;

  private final PeriodicService service;

  Heartbeat(PeriodicService.Task ping, Consumer<? super Throwable> onError) {
    service =
        PeriodicService.builder("heartbeat", ping)
            .fixedRate(Duration.ofSeconds(5))
            .missedSkip() // a beat that was missed says nothing any more
            .onError(
                ErrorPolicy.backoff(Duration.ofSeconds(5), Duration.ofMinutes(1))
                    .giveUpAfter(TIMES))
            .errors(onError)
            .build();
  }

  PeriodicService service() {
    return service;
  }
}
