// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts what is done, and tells of it when it is time. The caller's own. */
final class BatchProgress {
  private final String name;
  private final OptionalLong total;
  private final @Nullable Consumer<? super Progress> listener;
  private final int every;
  private final long interval;
  private final long began = System.nanoTime();

  private long succeeded;
  private long failed;
  private long toldAt = began;
  private long told = -1;

  BatchProgress(String name, OptionalLong total, Batch.Reporting reporting) {
    this.name = name;
    this.total = total;
    listener = reporting.listener();
    every = reporting.every();
    interval = reporting.interval();
  }

  void done(boolean success) {
    if (success) {
      succeeded++;
    } else {
      failed++;
    }
    if (every > 0 && (succeeded + failed) % every == 0) {
      tell();
    }
    look();
  }

  /** Tells if so much time has passed. */
  void look() {
    if (interval > 0 && System.nanoTime() - toldAt >= interval) {
      toldAt = System.nanoTime();
      tell();
    }
  }

  /** For how long nothing need be told; for ever, if it need not for the sake of time. */
  long nanosToNext() {
    return interval == 0 ? Long.MAX_VALUE : Math.max(0, interval - (System.nanoTime() - toldAt));
  }

  /** Tells of the last ones. */
  void end() {
    if (told != succeeded + failed) {
      tell();
    }
  }

  private void tell() {
    if (listener != null) {
      told = succeeded + failed;
      Duration elapsed = Duration.ofNanos(Math.max(0, System.nanoTime() - began));
      listener.accept(new Progress(name, succeeded, failed, total, elapsed));
    }
  }

  /** For messages: {@code 3 of 10 were done}. */
  String text() {
    return succeeded + (total.isPresent() ? " of " + total.getAsLong() : "") + " had succeeded";
  }
}
