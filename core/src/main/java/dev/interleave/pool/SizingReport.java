// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link SizingProbe} measured, and what it makes of it.
 *
 * <p>{@link #toString()} is the whole table, ready for a log; the components are for programs.
 * Immutable and thread-safe.
 *
 * @param levels each size that was measured, ascending; empty if the time was up before a round was
 *     complete
 * @param recommended the smallest size whose confidence interval reaches the best mean, among those
 *     that do not fail more than others, and are not slower than {@link
 *     SizingProbe.Builder#p99AtMost} allows; empty if there is none, or less than two rounds are
 *     complete, which say nothing about the error
 * @param conclusive whether all rounds are there and the interval of the recommended size and that
 *     of the best are within a tenth of their means: else measure longer before you believe it
 * @param reason why this size, in one sentence
 */
public record SizingReport(
    List<Level> levels, OptionalInt recommended, boolean conclusive, String reason) {

  /** A size that fails in more of its tasks than the best does, by this share, is left out. */
  private static final double MORE_FAILURES = 0.05;

  private static final double CONCLUSIVE = 0.1;

  /**
   * What one size did.
   *
   * @param size how many threads
   * @param throughput tasks done per second, the mean of the rounds
   * @param error half of its 95 % confidence interval
   * @param p50Nanos how long a task took, failed ones left out; -1 if none succeeded
   * @param p90Nanos the same, of nine in ten
   * @param p99Nanos the same, of 99 in a hundred
   * @param failures the share of the tasks that failed, from 0 to 1
   * @param processors how many processors the threads kept busy; NaN if that is not known
   * @param failure the first that a task threw, if one did
   */
  public record Level(
      int size,
      double throughput,
      double error,
      long p50Nanos,
      long p90Nanos,
      long p99Nanos,
      double failures,
      double processors,
      @Nullable Exception failure) {}

  /** Copies the list. */
  public SizingReport {
    levels = List.copyOf(levels);
    Objects.requireNonNull(recommended, "recommended");
    Objects.requireNonNull(reason, "reason");
  }

  /**
   * Judges what was measured.
   *
   * @param p99AtMost what the 99th percentile may be, in nanoseconds
   */
  static SizingReport of(List<Level> levels, int complete, int planned, long p99AtMost) {
    String rounds = complete == planned ? "" : " (only " + complete + " of " + planned + " rounds)";
    if (levels.isEmpty()) {
      return none(levels, "the time was up before a round was complete");
    }
    double fewest = levels.stream().mapToDouble(Level::failures).min().orElseThrow();
    List<Level> successful =
        levels.stream()
            .filter(level -> level.throughput > 0 && level.failures <= fewest + MORE_FAILURES)
            .toList();
    if (successful.isEmpty()) {
      return none(levels, "no task succeeded" + rounds);
    }
    if (complete < 2) {
      return none(levels, "a single round says nothing about its error" + rounds);
    }
    List<Level> sound = successful.stream().filter(level -> level.p99Nanos <= p99AtMost).toList();
    if (sound.isEmpty()) {
      return none(
          levels,
          String.format(
              Locale.ROOT,
              "no size keeps the 99th percentile at %.3f ms%s",
              p99AtMost / 1e6,
              rounds));
    }
    Level best = sound.stream().max(Comparator.comparingDouble(Level::throughput)).orElseThrow();
    Level chosen =
        sound.stream()
            .filter(level -> level.throughput + level.error >= best.throughput)
            .findFirst()
            .orElseThrow();
    String reason =
        chosen.equals(best)
            ? chosen.size + " does most, and no smaller one comes within its error of it"
            : String.format(
                Locale.ROOT,
                "%d comes within its error of the best, which is %d with %.1f tasks/s",
                chosen.size,
                best.size,
                best.throughput);
    boolean conclusive = complete == planned && isNarrow(chosen) && isNarrow(best);
    return new SizingReport(
        levels,
        OptionalInt.of(chosen.size),
        conclusive,
        reason + rounds + (conclusive ? "" : "; not conclusive: measure longer"));
  }

  private static SizingReport none(List<Level> levels, String why) {
    return new SizingReport(levels, OptionalInt.empty(), false, why);
  }

  private static boolean isNarrow(Level level) {
    return level.error <= CONCLUSIVE * level.throughput;
  }

  /**
   * What so many threads do, as a share of what they would if each did as much as those of the
   * first size that was measured: 1 if doubling them doubles throughput, ½ if it gains nothing.
   *
   * @return NaN if the first size did nothing
   * @throws IllegalArgumentException if the size was not measured
   */
  public double efficiency(int size) {
    Level level =
        levels.stream()
            .filter(measured -> measured.size == size)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("size was not measured: " + size));
    Level base = levels.getFirst();
    return level.throughput / base.throughput / ((double) size / base.size);
  }

  /** The table. */
  @Override
  public String toString() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "threads      tasks/s        ±  efficiency    p50 ms    p90 ms    p99 ms  failed % "
            + " processors");
    for (Level level : levels) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%7d %12.1f %8.1f %11.2f %s %s %s %9.1f  %10s",
              level.size,
              level.throughput,
              level.error,
              efficiency(level.size),
              millis(level.p50Nanos),
              millis(level.p90Nanos),
              millis(level.p99Nanos),
              level.failures * 100,
              Double.isNaN(level.processors)
                  ? "?"
                  : String.format(Locale.ROOT, "%.2f", level.processors)));
    }
    lines.add((recommended.isPresent() ? "recommended: " : "none recommended: ") + reason);
    return lines.stream().collect(Collectors.joining("\n"));
  }

  private static String millis(long nanos) {
    return nanos < 0 ? "        ?" : String.format(Locale.ROOT, "%9.3f", nanos / 1e6);
  }
}
