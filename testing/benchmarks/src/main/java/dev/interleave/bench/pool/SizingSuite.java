// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.pool;

import dev.interleave.bench.JmhCase;
import dev.interleave.bench.ProgramCase;
import dev.interleave.bench.Results;
import dev.interleave.bench.Settings;
import dev.interleave.bench.Suite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Pools that are steered against pools of the best fixed size. */
public final class SizingSuite implements Suite {
  /** The one suite of sizing. */
  public SizingSuite() {}

  @Override
  public String name() {
    return "sizing";
  }

  @Override
  public List<JmhCase> jmhCases(Settings settings) {
    return List.of();
  }

  @Override
  public List<ProgramCase> programCases(Settings settings) {
    return Arrays.stream(SizedWork.values())
        .map(work ->
            new ProgramCase(
                id(work), SizingRun.class, List.of(work.name()), List.of(), settings.rounds()))
        .toList();
  }

  static String id(SizedWork work) {
    return "sizing/" + work;
  }

  @Override
  public void report(Results results, Path out) throws IOException {
    SizingPage page = new SizingPage(results);
    Files.writeString(out.resolve(name() + ".md"), page.markdown());
    System.out.println(page.summary());
  }
}
