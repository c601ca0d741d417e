// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * How far a {@link Batch} has come: a snapshot, immutable.
 *
 * @param name of the batch
 * @param succeeded items that have succeeded
 * @param failed items that have not: failed, were cancelled, or were never started
 * @param total how many there are; empty if that is not known
 * @param elapsed since the beginning
 */
public record Progress(
    String name, long succeeded, long failed, OptionalLong total, Duration elapsed) {
  private static final double NANOS = 1e9;

  /**
   * Checks the components.
   *
   * @throws NullPointerException if one is null
   * @throws IllegalArgumentException if a number or {@code elapsed} is negative, or {@code total}
   *     is less than what is done
   */
  public Progress {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(total, "total");
    Objects.requireNonNull(elapsed, "elapsed");
    if (succeeded < 0 || failed < 0 || elapsed.isNegative()) {
      throw new IllegalArgumentException(
          "negative: succeeded " + succeeded + ", failed " + failed + ", elapsed " + elapsed);
    }
    if (total.isPresent() && total.getAsLong() < succeeded + failed) {
      throw new IllegalArgumentException(
          "total is less than what is done: " + total + " < " + (succeeded + failed));
    }
  }

  /** Items of which the outcome is known. */
  public long done() {
    return succeeded + failed;
  }

  /** Whether all are done; false if it is not known how many there are. */
  public boolean isComplete() {
    return total.isPresent() && total.getAsLong() == done();
  }

  /** Items done in a second, on the average since the beginning; 0 before the first. */
  public double perSecond() {
    return elapsed.isZero() ? 0 : done() * NANOS / nanos(elapsed);
  }

  /**
   * How long the rest takes if it goes on as fast as on the average so far; empty if it is not
   * known how many there are, or none is done yet. Items that differ in size make it wrong by as
   * much.
   */
  public Optional<Duration> timeLeft() {
    if (total.isEmpty() || done() == 0) {
      return Optional.empty();
    }
    double left = (double) nanos(elapsed) / done() * (total.getAsLong() - done());
    return Optional.of(Duration.ofNanos((long) left)); // the cast saturates
  }

  private static long nanos(Duration duration) {
    return TimeUnit.NANOSECONDS.convert(duration);
  }

  /** One line: {@code thumbnails: 40 of 100, 12.5 per second, 4.8 s left, 2 failed}. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(name).append(": ").append(done());
    total.ifPresent(all -> out.append(" of ").append(all));
    out.append(String.format(Locale.ROOT, ", %.1f per second", perSecond()));
    timeLeft()
        .ifPresent(
            left -> out.append(String.format(Locale.ROOT, ", %.1f s left", nanos(left) / NANOS)));
    if (failed > 0) {
      out.append(", ").append(failed).append(" failed");
    }
    return out.toString();
  }
}
