// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lifecycle;

import dev.interleave.lifecycle.ErrorPolicy;
import dev.interleave.lifecycle.PeriodicService;
import dev.interleave.lifecycle.StopToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/**
 * Looks each hour whether the log is too long, and moves it away then: {@code log} to {@code
 * log.1}, that to {@code log.2}, and so on. May be interrupted anywhere: each move is one step, and
 * what is left is done by the next run.
 */
final class LogRotation {
  private static final int KEEP = 3;

  private final Path log;
  private final long limit;
  private final PeriodicService service =
      PeriodicService.builder("log rotation", this::rotate)
          .fixedRate(Duration.ofHours(1))
          .onError(ErrorPolicy.backoff(Duration.ofSeconds(10), Duration.ofMinutes(10)))
          .runAfterJump() // a laptop that has slept a night does not wait another hour
          .build();

  LogRotation(Path log, long limit) {
    this.log = log;
    this.limit = limit;
  }

  PeriodicService service() {
    return service;
  }

  private Path old(int number) {
    return log.resolveSibling(log.getFileName() + "." + number);
  }

  private void rotate(StopToken stop) throws IOException {
    if (!Files.exists(log) || Files.size(log) <= limit) {
      return;
    }
    for (int i = KEEP - 1; i >= 1; i--) {
      if (Files.exists(old(i))) {
        Files.move(old(i), old(i + 1), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.move(log, old(1), StandardCopyOption.REPLACE_EXISTING);
  }
}
