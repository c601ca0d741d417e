// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

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
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The read-write lock against the locks of the JDK. */
public final class LockSuite implements Suite {
  static final List<Integer> WRITE_PERCENTS = List.of(0, 1, 10, 50, 100);

  static final List<ThreadSetting> THREADS =
      List.of(
          ThreadSetting.platform(1),
          ThreadSetting.platform(2),
          ThreadSetting.platform(8),
          ThreadSetting.virtual(8));

  /** Asked for reading only. */
  static final ThreadSetting TWO_VIRTUAL = ThreadSetting.virtual(2);

  static final List<ThreadSetting> OPTIMISTIC_THREADS =
      List.of(ThreadSetting.platform(1), ThreadSetting.platform(2));

  /** In the throughput tables, in this order. */
  static final List<LockKind> MIXED =
      List.of(
          LockKind.BIASED,
          LockKind.RRWL,
          LockKind.STAMPED,
          LockKind.UNBIASED,
          LockKind.REENTRANT_LOCK,
          LockKind.SYNCHRONIZED,
          LockKind.BIASED_FAIR,
          LockKind.RRWL_FAIR);

  /** What the bars compare: all of a quick run. */
  private static final Set<LockKind> JUDGED =
      EnumSet.of(LockKind.BIASED, LockKind.RRWL, LockKind.STAMPED);

  static final List<LockKind> WRITERS =
      List.of(
          LockKind.BIASED,
          LockKind.BIASED_READERS,
          LockKind.BIASED_FAIR,
          LockKind.RRWL,
          LockKind.RRWL_FAIR,
          LockKind.STAMPED);

  static final List<String> THREAD_KINDS = List.of("platform", "virtual");

  static final List<LockKind> HEAP = List.of(LockKind.BIASED, LockKind.RRWL);

  static final List<String> UNCONTENDED =
      List.of(
          "readLock",
          "readGuard",
          "readGuardDeadline",
          "rrwlReadLock",
          "writeLock",
          "writeGuard",
          "writeGuardDeadline",
          "rrwlWriteLock");

  /** The one suite of the read-write lock. */
  public LockSuite() {}

  @Override
  public String name() {
    return "lock";
  }

  @Override
  public List<JmhCase> jmhCases(Settings settings) {
    int rounds = settings.rounds();
    boolean few = few(settings);
    List<JmhCase> cases = new ArrayList<>();
    for (ThreadSetting threads : THREADS) {
      for (int percent : WRITE_PERCENTS) {
        addMixes(cases, threads, percent, rounds, few);
      }
    }
    addMixes(cases, TWO_VIRTUAL, 0, rounds, few);
    for (ThreadSetting threads : OPTIMISTIC_THREADS) {
      for (String method : List.of("biased", "stamped", "bare")) {
        String id = "optimistic/" + method + "/" + threads;
        cases.add(
            new JmhCase(id, OptimisticBenchmark.class, method, Map.of(), threads, false, rounds));
      }
    }
    for (String method : UNCONTENDED) {
      cases.add(
          new JmhCase(
              "uncontended/" + method,
              UncontendedBenchmark.class,
              method,
              Map.of(),
              ThreadSetting.platform(1),
              true,
              few ? 1 : rounds));
    }
    return cases;
  }

  /** A quick run is about the bars, unless the user has chosen. */
  private static boolean few(Settings settings) {
    return settings.quick() && settings.include() == null;
  }

  private static void addMixes(
      List<JmhCase> cases, ThreadSetting threads, int percent, int rounds, boolean few) {
    for (LockKind kind : MIXED) {
      if (few && !JUDGED.contains(kind)) {
        continue;
      }
      cases.add(
          new JmhCase(
              "mix/" + kind + "/w" + percent + "/" + threads,
              MixBenchmark.class,
              "operation",
              Map.of("lock", kind.name(), "writePercent", Integer.toString(percent)),
              threads,
              false,
              rounds(kind, rounds)));
    }
  }

  /** The more a lock is compared with, the more often it is measured. */
  private static int rounds(LockKind kind, int rounds) {
    return switch (kind) {
      case BIASED, RRWL, STAMPED -> rounds;
      case BIASED_FAIR, RRWL_FAIR -> 1;
      default -> Math.min(rounds, 2);
    };
  }

  @Override
  public List<ProgramCase> programCases(Settings settings) {
    int warmup = settings.quick() ? 500 : 700;
    int measured = settings.quick() ? 1500 : 2000;
    List<ProgramCase> cases = new ArrayList<>();
    for (String threads : THREAD_KINDS) {
      for (LockKind kind : WRITERS) {
        if (few(settings) && !JUDGED.contains(kind)) {
          continue;
        }
        cases.add(
            new ProgramCase(
                writer(kind, threads),
                WriterWait.class,
                List.of(kind.name(), threads, Integer.toString(warmup), Integer.toString(measured)),
                List.of(),
                settings.quick() ? 1 : settings.rounds()));
      }
    }
    for (LockKind kind : HEAP) {
      cases.add(
          new ProgramCase(
              heap(kind),
              RetainedHeap.class,
              List.of(kind.name()),
              List.of(RetainedHeap.EXACT),
              1));
    }
    return cases;
  }

  /** The id of a case of {@link WriterWait}. */
  static String writer(LockKind kind, String threads) {
    return "writer/" + kind + "/" + threads;
  }

  /** The id of a case of {@link RetainedHeap}. */
  static String heap(LockKind kind) {
    return "heap/" + kind;
  }

  @Override
  public void report(Results results, Path out) throws IOException {
    LockReport report = new LockReport(new LockFigures(results));
    Files.writeString(out.resolve(name() + ".md"), report.markdown());
    for (Map.Entry<String, String> chart : report.charts().entrySet()) {
      Files.writeString(out.resolve(chart.getKey()), chart.getValue());
    }
    System.out.println(report.summary());
  }
}
