// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

import dev.interleave.bench.Figures;
import dev.interleave.bench.JmhCase;
import dev.interleave.bench.MarkdownTable;
import dev.interleave.bench.ProgramCase;
import dev.interleave.bench.Ratio;
import dev.interleave.bench.ReportPage;
import dev.interleave.bench.Results;
import dev.interleave.bench.RunTable;
import dev.interleave.bench.Score;
import dev.interleave.bench.Settings;
import dev.interleave.bench.Suite;
import dev.interleave.bench.ThreadSetting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A map that threads share, behind the read-write lock and behind others, and without a lock. */
public final class CacheSuite implements Suite {
  private static final List<Integer> WRITE_PERCENTS = List.of(0, 1, 10, 50);

  private static final List<ThreadSetting> THREADS =
      List.of(ThreadSetting.platform(2), ThreadSetting.platform(8), ThreadSetting.virtual(8));

  /** Which of the others ours is set in relation to. */
  private static final List<CacheKind> PEERS =
      List.of(CacheKind.RRWL, CacheKind.REENTRANT_LOCK, CacheKind.CONCURRENT_HASH_MAP);

  /** The one suite of maps. */
  public CacheSuite() {}

  @Override
  public String name() {
    return "cache";
  }

  @Override
  public List<JmhCase> jmhCases(Settings settings) {
    List<JmhCase> cases = new ArrayList<>();
    for (ThreadSetting threads : THREADS) {
      for (int percent : WRITE_PERCENTS) {
        for (CacheKind kind : CacheKind.values()) {
          cases.add(
              new JmhCase(
                  "cache/" + kind + "/w" + percent + "/" + threads,
                  CacheBenchmark.class,
                  "operation",
                  Map.of("cache", kind.name(), "writePercent", Integer.toString(percent)),
                  threads,
                  false,
                  settings.rounds()));
        }
      }
    }
    return cases;
  }

  @Override
  public List<ProgramCase> programCases(Settings settings) {
    return List.of();
  }

  @Override
  public void report(Results results, Path out) throws IOException {
    Files.writeString(out.resolve(name() + ".md"), markdown(results));
  }

  static String markdown(Results results) {
    ReportPage page = new ReportPage("A map that threads share, measured", Map.of());
    page.add(RunTable.of(results.run(), ""));
    page.add(
        """
        %,d entries, which are looked up and replaced in a tight loop, by a pseudo-random sequence
        that is the same for each map. Million operations per second of all threads together, ± half
        of JMH's 99.9 %% confidence interval; a ratio is the median of the rounds, with the least and
        the greatest in brackets. Whoever needs a map and nothing else takes `ConcurrentHashMap`; a
        lock is for what has to stay true of several entries, or of a map and something beside it.

        """
            .formatted(CacheBenchmark.ENTRIES));
    for (ThreadSetting threads : THREADS) {
      page.section(threads.words(), "", table(results, threads));
    }
    page.heading(
        "To repeat it",
        """
        `mvn -Pbench verify -Dbench.args="include=^cache/"`. `cache.json` is JMH's own file,
        `cache-run.json` has the rest; both have every round.
        """);
    return page.toString();
  }

  private static MarkdownTable table(Results results, ThreadSetting threads) {
    List<String> header = new ArrayList<>(List.of("M ops/s"));
    WRITE_PERCENTS.forEach(percent -> header.add(LockReport.mix(percent)));
    MarkdownTable table = new MarkdownTable(header);
    for (CacheKind kind : CacheKind.values()) {
      table.rowUnlessEmpty(
          kind.label(),
          WRITE_PERCENTS.stream()
              .map(percent -> Figures.plusMinus(score(results, kind, percent, threads)))
              .toList());
    }
    for (CacheKind peer : PEERS) {
      table.rowUnlessEmpty(
          "**× " + peer.label() + "**",
          WRITE_PERCENTS.stream().map(percent -> ratio(results, peer, percent, threads)).toList());
    }
    return table;
  }

  private static String ratio(
      Results results, CacheKind peer, int writePercent, ThreadSetting threads) {
    Score ours = score(results, CacheKind.BIASED, writePercent, threads);
    Score theirs = score(results, peer, writePercent, threads);
    return ours == null || theirs == null
        ? "–"
        : "**" + Ratio.of(ours.rounds(), theirs.rounds()) + "**";
  }

  private static @Nullable Score score(
      Results results, CacheKind kind, int writePercent, ThreadSetting threads) {
    return results.scores().stream()
        .filter(score ->
            score.benchmark().equals("CacheBenchmark.operation")
                && score.threads().equals(threads)
                && kind.name().equals(score.params().get("cache"))
                && Integer.toString(writePercent).equals(score.params().get("writePercent")))
        .findFirst()
        .orElse(null);
  }
}
