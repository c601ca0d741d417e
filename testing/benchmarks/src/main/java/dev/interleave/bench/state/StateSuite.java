// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.state;

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

/** Confined and versioned state against what the JDK has for the same purpose. */
public final class StateSuite implements Suite {
  static final List<ThreadSetting> THREADS =
      List.of(
          ThreadSetting.platform(1),
          ThreadSetting.platform(2),
          ThreadSetting.platform(8),
          ThreadSetting.virtual(8));

  static final List<String> SENDING = List.of("submit", "call");

  static final List<String> SHARING = List.of("update", "read");

  /** The one suite of the state package. */
  public StateSuite() {}

  @Override
  public String name() {
    return "state";
  }

  @Override
  public List<JmhCase> jmhCases(Settings settings) {
    List<JmhCase> cases = new ArrayList<>();
    for (ThreadSetting threads : THREADS) {
      for (String method : SENDING) {
        for (OwnerKind kind : OwnerKind.values()) {
          cases.add(
              jmh("confined/", ConfinedBenchmark.class, method, "owner", kind, threads, settings));
        }
      }
      for (String method : SHARING) {
        for (SharedKind kind : SharedKind.values()) {
          cases.add(
              jmh("versioned/", UpdateBenchmark.class, method, "holder", kind, threads, settings));
        }
      }
    }
    return cases;
  }

  private static JmhCase jmh(
      String prefix,
      Class<?> type,
      String method,
      String param,
      Enum<?> kind,
      ThreadSetting threads,
      Settings settings) {
    return new JmhCase(
        prefix + method + "/" + kind + "/" + threads,
        type,
        method,
        Map.of(param, kind.name()),
        threads,
        false,
        settings.rounds());
  }

  @Override
  public List<ProgramCase> programCases(Settings settings) {
    return List.of();
  }

  @Override
  public void report(Results results, Path out) throws IOException {
    Files.writeString(out.resolve(name() + ".md"), new StateReport(results).markdown());
  }
}
