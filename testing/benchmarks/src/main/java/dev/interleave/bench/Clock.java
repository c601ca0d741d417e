// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.time.Duration;
import java.util.Locale;

/** Says on the console what is done, and when. */
final class Clock {
  private final long start = System.nanoTime();

  /** A line, with the time since the start before it. */
  void say(String line) {
    Duration passed = Duration.ofNanos(System.nanoTime() - start);
    System.out.printf(
        Locale.ROOT, "%02d:%02d  %s%n", passed.toMinutes(), passed.toSecondsPart(), line);
  }
}
