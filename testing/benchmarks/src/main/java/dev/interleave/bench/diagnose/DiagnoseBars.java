// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.diagnose;

import dev.interleave.bench.Figures;
import dev.interleave.bench.ThreadSetting;
import dev.interleave.bench.Verdict;
import java.util.ArrayList;
import java.util.List;

/** What watched and ordered locks are meant to reach, and whether they do. */
final class DiagnoseBars {
  private static final ThreadSetting ONE = ThreadSetting.platform(1);

  private DiagnoseBars() {}

  static List<Verdict> judge(DiagnoseFigures figures) {
    List<Verdict> verdicts = new ArrayList<>();
    for (String depth : DiagnoseSuite.JUDGED_DEPTHS) {
      verdicts.add(nested(figures, depth, MutexKind.WATCHED, MutexKind.REENTRANT_LOCK, 1.05));
    }
    for (String depth : DiagnoseSuite.JUDGED_DEPTHS) {
      verdicts.add(
          nested(figures, depth, MutexKind.WATCHED_ORDERED, MutexKind.REENTRANT_LOCK, 1.2));
    }
    for (String depth : DiagnoseSuite.JUDGED_DEPTHS) {
      verdicts.add(
          Verdict.atLeast(
              label(depth) + ", " + MutexKind.WATCHED_ORDERED.label() + ", speed",
              ONE.words(),
              MutexKind.GUAVA_THROW.label(),
              1.7,
              DiagnoseFigures.ratio(
                  figures.nested(MutexKind.GUAVA_THROW, depth),
                  figures.nested(MutexKind.WATCHED_ORDERED, depth))));
    }
    for (ThreadSetting threads : DiagnoseSuite.CROWDS) {
      verdicts.add(
          Verdict.atLeast(
              "contended, " + MutexKind.WATCHED.label() + ", throughput",
              threads.words(),
              MutexKind.REENTRANT_LOCK.label(),
              0.9,
              DiagnoseFigures.ratio(
                  figures.contended(MutexKind.WATCHED, threads),
                  figures.contended(MutexKind.REENTRANT_LOCK, threads))));
    }
    verdicts.add(
        Verdict.atMost(
            "`OrderedLockManager.acquire` of 2 keys, time",
            ONE.words(),
            "two raw locks and two look-ups",
            4,
            DiagnoseFigures.ratio(figures.keys("twoByHand", ONE), figures.keys("two", ONE))));
    for (BlockedScan.Shape shape : BlockedScan.Shape.values()) {
      double millis = figures.scan(shape, "medianMillis");
      verdicts.add(
          new Verdict(
              "a scan, " + shape.label(),
              "%,d blocked virtual threads".formatted(BlockedScan.THREADS),
              "< 100 ms",
              Double.isNaN(millis) ? "–" : Figures.format(millis) + " ms",
              Double.isNaN(millis) ? null : millis < 100));
    }
    for (String threads : DiagnoseSuite.THREAD_KINDS) {
      for (MutexKind kind : List.of(MutexKind.WATCHED, MutexKind.WATCHED_ORDERED)) {
        verdicts.add(abba(figures, kind, threads));
      }
    }
    return verdicts;
  }

  /** How many locks, and how. */
  static String label(String depth) {
    return switch (depth) {
      case "one" -> "one lock";
      case "apart" -> "two, one after the other";
      default -> depth + " nested";
    };
  }

  private static Verdict nested(
      DiagnoseFigures figures, String depth, MutexKind kind, MutexKind peer, double bound) {
    return Verdict.atMost(
        label(depth) + ", " + kind.label() + ", time",
        ONE.words(),
        peer.label(),
        bound,
        DiagnoseFigures.ratio(figures.nested(kind, depth), figures.nested(peer, depth)));
  }

  private static Verdict abba(DiagnoseFigures figures, MutexKind kind, String threads) {
    double found = figures.abba(kind, threads, "oneRefused");
    double rounds = figures.abba(kind, threads, "rounds");
    return new Verdict(
        "simultaneous first ABBA, " + kind.label(),
        "2 " + threads + " threads",
        "every round found, one refused",
        Double.isNaN(found) ? "–" : "%.0f of %.0f".formatted(found, rounds),
        Double.isNaN(found) ? null : found == rounds);
  }
}
