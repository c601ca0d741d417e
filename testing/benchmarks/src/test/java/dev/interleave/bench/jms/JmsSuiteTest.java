// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.bench.Canned;
import dev.interleave.bench.ProgramCase;
import dev.interleave.bench.Results;
import dev.interleave.bench.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JmsSuiteTest {
  private final JmsSuite suite = new JmsSuite();

  private static Settings settings(boolean quick) {
    return new Settings(quick, null, Path.of("out"), 3, false);
  }

  private Results all(double figure) {
    List<String> names = new ArrayList<>(RoundTrips.WAYS);
    RoundTrips.WAYS.forEach(way -> names.add(way + "99"));
    return Canned.all(suite, settings(true), id -> figure, names);
  }

  @Test
  void everyCaseNamesAProgram() throws Exception {
    for (ProgramCase c : suite.programCases(settings(false))) {
      assertThat(c.main().getMethod("main", String[].class)).as(c.id()).isNotNull();
    }
    assertThat(suite.programCases(settings(false)))
        .extracting(ProgramCase::id)
        .containsExactly("jms/within-the-JVM", "jms/TCP");
  }

  /** A round trip takes less than 1 ms; a broker takes two seconds to start and to stop. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void takesNoLongerThanPromised(boolean quick) {
    double seconds =
        suite.programCases(settings(quick)).stream()
            .mapToDouble(c -> c.rounds() * (2 + RoundTrips.WAYS.size() * 0.1 * (quick ? 80 : 200)))
            .sum();
    assertThat(seconds / 60).isLessThan(10);
  }

  @Test
  void thePageSaysWhatIsMet(@TempDir Path out) throws Exception {
    suite.report(all(100), out);
    assertThat(Files.readString(out.resolve("jms.md")))
        .contains("6 of 6 bars met", "`JmsTransport` | 100 / 100 / 100 |");
    suite.report(Canned.nothing(), out);
    assertThat(Files.readString(out.resolve("jms.md"))).contains("not measured");
  }

  @ParameterizedTest
  @CsvSource({"false, false", "true, false", "true, true"})
  void whatIsSentComesBack(boolean lean, boolean listening) throws Exception {
    try (BenchBroker broker = new BenchBroker("vm://4711");
        Pair bare = new BarePair(broker.factory(), "bare", lean, listening)) {
      for (int i = 0; i < 20; i++) {
        bare.roundTrip(i);
      }
    }
  }

  @Test
  void whatIsSentOverTheTransportComesBack() throws Exception {
    try (BenchBroker broker = new BenchBroker("vm://4712");
        Pair transport = new TransportPair(broker.factory(), "transport")) {
      for (int i = 0; i < 20; i++) {
        transport.roundTrip(i);
      }
    }
  }
}
