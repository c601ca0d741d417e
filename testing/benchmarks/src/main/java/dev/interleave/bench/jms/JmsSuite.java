// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.jms;

import dev.interleave.bench.JmhCase;
import dev.interleave.bench.ProgramCase;
import dev.interleave.bench.Results;
import dev.interleave.bench.Settings;
import dev.interleave.bench.Suite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The transport over a broker against request and reply as one writes it for that broker. */
public final class JmsSuite implements Suite {
  /** How the broker is reached. */
  static final List<String> REACHED = List.of("within the JVM", "TCP");

  /** The one suite of brokers. */
  public JmsSuite() {}

  @Override
  public String name() {
    return "jms";
  }

  @Override
  public List<JmhCase> jmhCases(Settings settings) {
    return List.of();
  }

  @Override
  public List<ProgramCase> programCases(Settings settings) {
    List<ProgramCase> cases = new ArrayList<>();
    for (String reached : REACHED) {
      cases.add(
          new ProgramCase(
              id(reached),
              RoundTrips.class,
              List.of(
                  reached.equals("TCP") ? "tcp://127.0.0.1:61716" : "vm://1",
                  settings.quick() ? "40" : "100",
                  settings.quick() ? "40" : "100"),
              List.of("--enable-native-access=ALL-UNNAMED"),
              settings.rounds()));
    }
    return cases;
  }

  static String id(String reached) {
    return "jms/" + reached.replace(' ', '-');
  }

  @Override
  public void report(Results results, Path out) throws IOException {
    JmsPage page = new JmsPage(results);
    Files.writeString(out.resolve(name() + ".md"), page.markdown());
    System.out.println(page.summary());
  }
}
