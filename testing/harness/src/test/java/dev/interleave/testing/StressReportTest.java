// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a report says, as text and as a page. */
class StressReportTest {
  private static final String NASTY = "<b>&\"nasty\"</b>";

  @TempDir Path folder;

  private static StressReport failing() throws InterruptedException {
    return Stress.on(Object::new)
        .named("the subject")
        .actorReturning(
            "first",
            s -> {
              Stress.sync("half way");
              return NASTY;
            })
        .actor("second", s -> {})
        .expect("never", "did not happen")
        .forbid(NASTY, "happened <always>")
        .seed(42)
        .rounds(400)
        .run();
  }

  @Test
  void textHasTheTableTheSeedAndTheInterleaving() throws Exception {
    StressReport report = failing();
    assertThat(report.toString().lines().toList())
        .anyMatch(line -> line.equals("Stress of the subject: FORBIDDEN outcome seen"))
        .anyMatch(line -> line.matches("actors first, second; 400 rounds .* seed 42"))
        .anyMatch(
            line -> line.matches(".*<b>&\"nasty\"</b> +400 +100.000 % +FORBIDDEN +happened.*"))
        .anyMatch(line -> line.matches(" +never +0 +0.000 % +EXPECTED +did not happen"))
        .anyMatch(line ->
            line.matches("To repeat: .seed\\(42\\).replay\\(0\\) or " + "-Dinterleave.seed=42:0"))
        .anyMatch(line -> line.matches(" +µs +first +second"))
        .anyMatch(line -> line.matches(" +[0-9,.]+ +half way +\\|"))
        .anyMatch(line -> line.matches(" +[0-9,.]+ +\\| +begins"));
    assertThatThrownBy(report::assertHolds)
        .isInstanceOf(AssertionError.class)
        .hasMessage(report.toString());
  }

  @Test
  void reportKnowsItsRun() throws Exception {
    StressReport report = failing();
    assertThat(report.name()).isEqualTo("the subject");
    assertThat(report.actors()).containsExactly("first", "second");
    assertThat(report.seed()).isEqualTo(42);
    assertThat(report.elapsed()).isPositive();
    assertThat(report.hang()).isNull();
    Interleaving interleaving =
        requireNonNull(report.seenForbidden().get(0).interleaving(), "interleaving");
    assertThat(interleaving.events())
        .isSortedAccordingTo((a, b) -> Long.compare(a.nanos(), b.nanos()));
    assertThat(interleaving.events().get(0).nanos()).isZero();
  }

  @Test
  void nameIsThatOfTheSubjectsClass() throws Exception {
    StressReport report =
        Stress.on(StringBuilder::new).actor("a", StringBuilder::reverse).rounds(1).run();
    assertThat(report.toString()).startsWith("Stress of StringBuilder: holds");
    report.assertHolds();
  }

  @Test
  void pageHasAllOfItEscapedAndNeedsNothingElse() throws Exception {
    Path file = folder.resolve("new/report.html");
    failing().html(file);
    String page = Files.readString(file);
    assertThat(page)
        .contains("&lt;b&gt;&amp;&quot;nasty&quot;&lt;/b&gt;")
        .contains("happened &lt;always&gt;", "did not happen", "seed 42", ".replay(0)")
        .contains("<svg class=\"interleaving\"", ">half way</text>", ">begins</text>")
        .contains("aria-label=\"400\"")
        .doesNotContain(NASTY, "http:", "https:", "<script", "<link", "<img", "@import", "url(");
    assertWellFormed(page);
  }

  /** Every element is closed: but for the head, the page is XML. */
  private static void assertWellFormed(String page) throws Exception {
    String body = page.substring(page.indexOf("<body>"), page.indexOf("</html>"));
    javax.xml.parsers.DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new org.xml.sax.InputSource(new StringReader(body)));
  }

  @Test
  void hangIsInTextAndPageWithTheDiagnosisThatIsRegistered() throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    ObjectName name = new ObjectName("dev.interleave:type=Diagnosis");
    server.registerMBean(new Diagnosis(), name);
    StressReport report;
    try {
      report =
          Stress.on(() -> new CountDownLatch(1))
              .actor("waits", CountDownLatch::await)
              .hangAfter(Duration.ofMillis(100))
              .abandonAfter(Duration.ofSeconds(30))
              .run(Duration.ofSeconds(30));
    } finally {
      server.unregisterMBean(name);
    }
    StressReport.Hang hang = requireNonNull(report.hang(), "hang");
    assertThat(hang.diagnosis()).isEqualTo("all is lost");
    assertThat(report.toString())
        .contains("CountDownLatch: HUNG", "Stuck: waits. All ended when interrupted.")
        .contains("\"waits\" acts, WAITING", "CountDownLatch.await", "all is lost", "stress-waits");
    Path file = folder.resolve("hang.html");
    report.html(file);
    String page = Files.readString(file);
    assertThat(page).contains("HUNG", "all is lost", "stress-waits");
    assertWellFormed(page);
  }

  /** What the harness asks Interleave's own diagnosis for, by name. */
  public interface DiagnosisMXBean {
    String report();
  }

  private static final class Diagnosis implements DiagnosisMXBean {
    @Override
    public String report() {
      return "all is lost";
    }
  }

  @Test
  void outcomesAreSortedByKindThenCount() {
    StressReport.Outcome expected = outcome("e", StressReport.Kind.EXPECTED, 9);
    StressReport.Outcome rare = outcome("r", StressReport.Kind.FORBIDDEN, 1);
    StressReport.Outcome frequent = outcome("f", StressReport.Kind.FORBIDDEN, 2);
    StressReport report =
        new StressReport(
            "x",
            List.of("a"),
            dev.interleave.testing.contract.ThreadKind.VIRTUAL,
            1,
            Duration.ofSeconds(1),
            0,
            List.of(expected, rare, frequent),
            null);
    assertThat(report.outcomes()).containsExactly(frequent, rare, expected);
    assertThat(report.rounds()).isEqualTo(12);
    assertThat(report.toString())
        .contains("Seen in bare rounds only", "12 rounds", "12 per second");
  }

  private static StressReport.Outcome outcome(String value, StressReport.Kind kind, long count) {
    return new StressReport.Outcome(
        value, kind, "", count, java.util.OptionalLong.empty(), null, null);
  }
}
