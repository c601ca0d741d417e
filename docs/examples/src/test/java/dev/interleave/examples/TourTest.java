// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TourTest {
  private static final Duration LONG = Duration.ofSeconds(50);

  @TempDir Path folder;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** An example made up here. */
  private record Made(String name, Body body) implements Example {
    interface Body {
      String run(PrintStream out) throws Exception;
    }

    @Override
    public String shows() {
      return "What <" + name + "> shows.";
    }

    @Override
    public String run(PrintStream out) throws Exception {
      return body.run(out);
    }
  }

  private static final Example GOOD =
      new Made(
          "good",
          out -> {
            out.println("1 < 2");
            out.print("no end of line");
            return "fine & well";
          });

  private static final Example BAD =
      new Made(
          "bad",
          out -> {
            out.println("before");
            throw new IOException("no <disk>");
          });

  @Test
  void tellsEachExampleAndASummary() throws Exception {
    assertThat(tour(false, UTF_8, LONG, GOOD)).isTrue();
    assertThat(printed().lines())
        .contains("good", "  What <good> shows.", "  | 1 < 2", "  | no end of line")
        .anyMatch(line -> line.matches("✓ fine & well \\(\\d+ ms\\)"))
        .anyMatch(line -> line.startsWith("1 examples: 1 passed, 0 failed, in "));
    assertThat(printed()).doesNotContain("\033", "\r");
    assertThat(page())
        .contains("<h2>good</h2>", "What &lt;good&gt; shows.", "1 &lt; 2", "fine &amp; well")
        .contains("All 1 examples passed");
  }

  @Test
  void aFailureIsToldWithItsStackAndTheOthersRun() throws Exception {
    assertThat(tour(false, UTF_8, LONG, BAD, GOOD)).isFalse();
    assertThat(printed().lines())
        .contains("  | before", "  ! java.io.IOException: no <disk>")
        .anyMatch(line -> line.startsWith("  ! \tat ") && line.contains("TourTest"))
        .anyMatch(line -> line.startsWith("✗ failed: no <disk> ("))
        .anyMatch(line -> line.startsWith("✓ fine & well ("))
        .anyMatch(line -> line.startsWith("2 examples: 1 passed, 1 failed"));
    assertThat(page())
        .contains(
            "1 of 2 examples failed",
            "failed: no &lt;disk&gt;",
            "java.io.IOException: no &lt;disk&gt;",
            "<h2>good</h2>");
  }

  @Test
  void anErrorOfAnExampleIsAFailureToo() throws Exception {
    Example broken =
        new Made(
            "broken",
            out -> {
              throw new AssertionError("expected 3, but was 4");
            });
    assertThat(tour(false, UTF_8, LONG, broken)).isFalse();
    assertThat(printed()).contains("expected 3, but was 4");
  }

  @Test
  void noExampleIsNoSuccess() throws Exception {
    assertThat(tour(false, UTF_8, LONG)).isFalse();
  }

  @Test
  void anExampleThatHangsIsGivenUpWithTheStacksOfAllThreads() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    Example hanging =
        new Made(
            "hanging",
            out -> {
              Thread virtual = Thread.ofVirtual().name("stuck-virtual").start(() -> stuck(never));
              try {
                virtual.join();
              } finally {
                interrupted.countDown();
                never.countDown();
              }
              return "never";
            });
    assertThat(tour(false, UTF_8, Duration.ofSeconds(3), hanging, GOOD)).isFalse();
    interrupted.await();
    assertThat(printed())
        .contains("✗ failed: gave up after 3.00 s (", "VirtualThread.join")
        .contains("all threads:", "example hanging", "stuck-virtual", "TourTest.stuck")
        .contains("✓ fine & well");
    assertThat(page()).contains("stuck-virtual");
  }

  private static void stuck(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whatAnExampleSaysAfterItWasGivenUpIsDropped() throws Exception {
    Recorder recorder = new Recorder(line -> {});
    PrintStream out = recorder.stream();
    out.println("in time");
    assertThat(recorder.end()).isEqualTo("in time\n");
    out.println("too late");
    assertThat(recorder.end()).isEqualTo("in time\n");
  }

  @Test
  void aTerminalShowsTheProgressAndTakesItAway() throws Exception {
    assertThat(tour(true, UTF_8, LONG, GOOD, GOOD)).isTrue();
    assertThat(printed())
        .contains("[....................] 0/2  good", "[##########..........] 1/2  good");
    String[] lines = printed().split("\n");
    assertThat(lines).noneMatch(line -> line.replaceAll(".*\r\033\\[K", "").contains("/2  good"));
  }

  @Test
  void aTerminalWithoutSpecialCharactersGetsNone() throws Exception {
    Example times =
        new Made(
            "times",
            out -> {
              out.println("READ ×2");
              return "done";
            });
    assertThat(tour(false, US_ASCII, LONG, times)).isTrue();
    assertThat(printed()).contains("  | READ x2", "ok done (").doesNotContain("?");
  }

  @Test
  void thePageNeedsNothingElse() throws Exception {
    Path page = folder.resolve("new").resolve("tour.html");
    Terminal terminal = new Terminal(new PrintStream(bytes, true, UTF_8), UTF_8, false);
    boolean passed = new Tour(Once.registered(), terminal, LONG).run(page);
    assertThat(passed).as(this::printed).isTrue();
    String html = Files.readString(page);
    assertThat(html).doesNotContain("src=", "@import", "url(", "<link", "<script", "http");
    for (Example example : Tour.registered()) {
      assertThat(html).contains("<h2>" + example.name() + "</h2>");
      assertThat(html).contains("<a href=\"#" + example.name() + "\">");
      assertThat(html).contains(example.getClass().getSimpleName() + ".java, ");
    }
  }

  private boolean tour(boolean interactive, Charset charset, Duration limit, Example... examples)
      throws Exception {
    PrintStream out = new PrintStream(bytes, true, charset);
    Terminal terminal = new Terminal(out, charset, interactive);
    return new Tour(List.of(examples), terminal, limit).run(folder.resolve("tour.html"));
  }

  private String printed() {
    return bytes.toString(UTF_8);
  }

  private String page() throws IOException {
    return Files.readString(folder.resolve("tour.html"));
  }
}
