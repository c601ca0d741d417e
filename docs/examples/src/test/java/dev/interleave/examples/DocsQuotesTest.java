// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.examples.Page.Fence;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the pages quote in blocks that begin with {@code ```text} and the name of an example is what
 * that example prints, but for thread ids, times, counts, line numbers and the order of holders. A
 * line of … stands for lines that are left out.
 */
class DocsQuotesTest {
  private static final Pattern LIST = Pattern.compile("\\[((?:READ|WRITE) .*?)\\]");

  /** Of the table of a stress report: an outcome, its count and share, what it is, its round. */
  private static final Pattern OUTCOME =
      Pattern.compile("  (\\S.*?)\\s+[\\d,]+\\s+(?:< )?[\\d.]+ %  (\\S.*?)(?:\\s+\\d+)?");

  static List<Fence> quotes() {
    return Page.fences("text").filter(fence -> !fence.about().isEmpty()).toList();
  }

  @ParameterizedTest
  @MethodSource("quotes")
  void isWhatTheExamplePrints(Fence quote) throws Exception {
    Example example =
        Once.registered().stream()
            .filter(candidate -> candidate.name().equals(quote.about()))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no example " + quote.about()));
    Recorder recorder = new Recorder(line -> {});
    example.run(recorder.stream());
    assertThat(lines(recorder.end())).containsAll(lines(quote.code()));
  }

  @Test
  void thePagesQuote() {
    assertThat(quotes())
        .extracting(Fence::about)
        .contains(
            "lock.WhoHoldsIt",
            "lock.UpgradeRefused",
            "lock.OrderedResources",
            "lock.TrafficLight",
            "diagnose.DeadlockDemo",
            "diagnose.WhyIsItStuck",
            "state.ConfinedList",
            "buffer.EndOfStream",
            "buffer.PutAndTake",
            "buffer.SmartBuffer",
            "pool.WeatherInTwoStages",
            "pool.Pipelines",
            "context.Tenants",
            "context.CorrelatedLog",
            "lifecycle.OrderedStart",
            "lifecycle.BackgroundServices",
            "pool.SizingAdvice",
            "testing.BrokenBufferFound");
  }

  @Test
  void onlyWhatDiffersFromRunToRunIsLeftOut() {
    String line = "Timed out after PT0.02S: held for [READ by a (id 12), READ ×2 by b (id 3)]";
    String other = "Timed out after PT1M2.5S: held for [READ ×2 by b (id 7), READ by a (id 8)]";
    assertThat(lines(line)).isEqualTo(lines(other));
    assertThat(lines(line)).isNotEqualTo(lines(other.replace("by b", "by c")));
    assertThat(lines(line)).isNotEqualTo(lines(other.replace("×2", "×3")));

    String frame = "    at a.B.c(B.java:12)\n  …\n";
    assertThat(lines(frame)).isEqualTo(lines("    at a.B.c(B.java:7)"));
    assertThat(lines(frame)).isNotEqualTo(lines("    at a.B.d(B.java:12)"));

    String outcome = "  [1, 1]        9    0.123 %  FORBIDDEN  1 delivered twice           12";
    String again = "  [1, 1]  12,345  < 0.001 %  FORBIDDEN  1 delivered twice";
    assertThat(lines(outcome)).isEqualTo(lines(again));
    assertThat(lines(outcome)).isNotEqualTo(lines(again.replace("[1, 1]", "[1, 2]")));
    assertThat(lines(outcome)).isNotEqualTo(lines(again.replace("FORBIDDEN", "EXPECTED")));
    assertThat(lines("To repeat: .seed(42).replay(7) or -Dinterleave.seed=42:7"))
        .isEqualTo(lines("To repeat: .seed(42).replay(10) or -Dinterleave.seed=42:10"))
        .isNotEqualTo(lines("To repeat: .seed(43).replay(7) or -Dinterleave.seed=43:7"));
  }

  private static List<String> lines(String text) {
    return text.lines()
        .filter(line -> !line.isBlank() && !line.strip().equals("…"))
        .map(DocsQuotesTest::alike)
        .toList();
  }

  private static String alike(String line) {
    if (line.startsWith("  outcome ")) {
      return line.replaceAll("\\s+", " "); // the head of that table, as wide as its counts
    }
    Matcher outcome = OUTCOME.matcher(line);
    if (outcome.matches()) {
      return (outcome.group(1) + ": " + outcome.group(2)).replaceAll("\\s+", " ");
    }
    String same =
        line.replaceAll("\\(id \\d+\\)", "(id)")
            .replaceAll("PT[0-9.HMS]+", "PT")
            .replaceAll("(\\.java):\\d+\\)", "$1)")
            .replaceAll("(lambda\\$\\w+)\\$\\d+", "$1") // each compiler counts them its way
            .replaceAll("(replay\\(|seed=\\d+:)\\d+", "$1");
    return LIST.matcher(same).replaceAll(list -> sorted(list.group(1)));
  }

  private static String sorted(String holders) {
    return Arrays.stream(holders.split(", (?=READ|WRITE)"))
        .sorted()
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
