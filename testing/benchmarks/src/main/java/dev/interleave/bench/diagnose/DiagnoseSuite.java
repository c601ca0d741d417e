// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.diagnose;

import dev.interleave.bench.JmhCase;
import dev.interleave.bench.ProgramCase;
import dev.interleave.bench.Results;
import dev.interleave.bench.Settings;
import dev.interleave.bench.Suite;
import dev.interleave.bench.ThreadSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Watched and ordered locks, and deadlock detection, against the JDK and Guava. */
public final class DiagnoseSuite implements Suite {
  /** How deep, by the benchmark method. */
  static final List<String> DEPTHS = List.of("one", "two", "three", "apart");

  /** Those that bars are about. */
  static final List<String> JUDGED_DEPTHS = List.of("one", "two");

  /** In this order, so that what a bar compares stands next to each other. */
  static final List<MutexKind> NESTED =
      List.of(
          MutexKind.REENTRANT_LOCK,
          MutexKind.WATCHED,
          MutexKind.WATCHED_ORDERED,
          MutexKind.GUAVA_THROW,
          MutexKind.GUAVA_DISABLED);

  static final List<MutexKind> CONTENDED =
      List.of(
          MutexKind.REENTRANT_LOCK,
          MutexKind.WATCHED,
          MutexKind.WATCHED_ORDERED,
          MutexKind.GUAVA_THROW);

  static final List<ThreadSetting> CROWDS =
      List.of(
          ThreadSetting.platform(2),
          ThreadSetting.platform(8),
          ThreadSetting.virtual(2),
          ThreadSetting.virtual(8));

  static final List<String> KEYED = List.of("two", "twoByHand", "twoStriped", "one", "oneByHand");

  private static final List<String> JUDGED_KEYS = List.of("two", "twoByHand");

  static final List<ThreadSetting> KEY_THREADS =
      List.of(ThreadSetting.platform(1), ThreadSetting.platform(2));

  static final List<MutexKind> DETECTORS =
      List.of(MutexKind.WATCHED, MutexKind.WATCHED_ORDERED, MutexKind.GUAVA_THROW);

  static final List<String> THREAD_KINDS = List.of("platform", "virtual");

  private static final String PREFIX = "diagnose/";

  /** The one suite of deadlock detection. */
  public DiagnoseSuite() {}

  @Override
  public String name() {
    return "diagnose";
  }

  @Override
  public List<JmhCase> jmhCases(Settings settings) {
    List<JmhCase> cases = new ArrayList<>();
    for (String depth : DEPTHS) {
      for (MutexKind kind : NESTED) {
        cases.add(
            new JmhCase(
                PREFIX + "nested/" + depth + "/" + kind,
                NestedBenchmark.class,
                depth,
                Map.of("lock", kind.name()),
                ThreadSetting.platform(1),
                false,
                rounds(
                    settings, kind != MutexKind.GUAVA_DISABLED && JUDGED_DEPTHS.contains(depth))));
      }
    }
    for (ThreadSetting threads : CROWDS) {
      for (MutexKind kind : CONTENDED) {
        cases.add(
            new JmhCase(
                PREFIX + "contended/" + kind + "/" + threads,
                ContendedBenchmark.class,
                "increment",
                Map.of("lock", kind.name()),
                threads,
                false,
                rounds(settings, kind == MutexKind.REENTRANT_LOCK || kind == MutexKind.WATCHED)));
      }
    }
    for (ThreadSetting threads : KEY_THREADS) {
      for (String method : KEYED) {
        cases.add(
            new JmhCase(
                PREFIX + "keys/" + method + "/" + threads,
                KeysBenchmark.class,
                method,
                Map.of(),
                threads,
                false,
                rounds(settings, JUDGED_KEYS.contains(method) && threads.count() == 1),
                KeysBenchmark.WARM_UP_MILLIS));
      }
    }
    return cases;
  }

  /** What no bar is about takes part in one less. */
  private static int rounds(Settings settings, boolean judged) {
    return judged ? settings.rounds() : Math.max(1, settings.rounds() - 1);
  }

  @Override
  public List<ProgramCase> programCases(Settings settings) {
    List<ProgramCase> cases = new ArrayList<>();
    for (BlockedScan.Shape shape : BlockedScan.Shape.values()) {
      cases.add(
          new ProgramCase(scan(shape), BlockedScan.class, List.of(shape.name()), List.of(), 1));
    }
    for (String threads : THREAD_KINDS) {
      for (MutexKind kind : DETECTORS) {
        cases.add(
            new ProgramCase(
                abba(kind, threads),
                FirstAbba.class,
                List.of(kind.name(), threads, Integer.toString(FirstAbba.ROUNDS)),
                List.of(),
                1));
      }
    }
    return cases;
  }

  /** The id of a case of {@link BlockedScan}. */
  static String scan(BlockedScan.Shape shape) {
    return PREFIX + "scan/" + shape;
  }

  /** The id of a case of {@link FirstAbba}. */
  static String abba(MutexKind kind, String threads) {
    return PREFIX + "abba/" + kind + "/" + threads;
  }

  @Override
  public void report(Results results, Path out) throws IOException {
    DiagnoseReport report = new DiagnoseReport(new DiagnoseFigures(results));
    Files.writeString(out.resolve(name() + ".md"), report.markdown());
    for (Map.Entry<String, String> chart : report.charts().entrySet()) {
      Files.writeString(out.resolve(chart.getKey()), chart.getValue());
    }
    System.out.println(report.summary());
  }
}
