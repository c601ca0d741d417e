// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.interleave.StopReport.Running;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopReportTest {
  private static final StackTraceElement FRAME =
      new StackTraceElement("shop.Billing", "charge", "Billing.java", 42);

  private static Running running(String task, String thread) {
    return new Running(task, thread, Duration.ofSeconds(3), List.of(FRAME));
  }

  @Test
  void saysEverythingInOneText() {
    StopReport report =
        new StopReport(
            "billing",
            Duration.ofSeconds(7),
            12,
            List.of(running("refund 7", "worker-1")),
            List.of(running("charge 8", "worker-2")),
            5);
    assertThat(report.isClean()).isFalse();
    assertThat(report)
        .hasToString(
            """
            billing did not stop cleanly in PT7S: 12 drained, 1 interrupted, 1 abandoned, 5 discarded
              ended by interrupt:
                refund 7 on worker-1, running for PT3S
                    at shop.Billing.charge(Billing.java:42)
              still running:
                charge 8 on worker-2, running for PT3S
                    at shop.Billing.charge(Billing.java:42)\
            """);
  }

  @Test
  void cleanStopIsOneLine() {
    StopReport report =
        new StopReport("billing", Duration.ofMillis(20), 3, List.of(), List.of(), 0);
    assertThat(report.isClean()).isTrue();
    assertThat(report)
        .hasToString(
            "billing stopped in PT0.02S: 3 drained, 0 interrupted, 0 abandoned, 0 discarded");
  }

  @Test
  void discardedTasksAreNotClean() {
    assertThat(new StopReport("b", Duration.ZERO, 0, List.of(), List.of(), 1).isClean()).isFalse();
  }

  @Test
  void runningOfReadsTheThreadItself() {
    Running here = Running.of("this test", Thread.currentThread(), Duration.ofSeconds(1));
    assertThat(here.thread()).isEqualTo(Thread.currentThread().getName());
    assertThat(here.stack())
        .anySatisfy(frame -> assertThat(frame.getClassName()).isEqualTo(getClass().getName()));
  }

  @Test
  void listsAreCopied() {
    List<Running> tasks = new ArrayList<>(List.of(running("a", "t")));
    StopReport report = new StopReport("b", Duration.ZERO, 0, tasks, tasks, 0);
    tasks.clear();
    assertThat(report.interrupted()).hasSize(1);
    assertThat(report.abandoned()).hasSize(1);
  }

  @Test
  @SuppressWarnings("NullAway") // the point
  void badComponentsAreRefusedByNameAndValue() {
    List<Running> none = List.of();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StopReport("b", Duration.ofSeconds(-1), 0, none, none, 0))
        .withMessageContaining("took")
        .withMessageContaining("PT-1S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StopReport("b", Duration.ZERO, -2, none, none, 0))
        .withMessageContaining("drained")
        .withMessageContaining("-2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StopReport("b", Duration.ZERO, 0, none, none, -3))
        .withMessageContaining("discarded")
        .withMessageContaining("-3");
    assertThatNullPointerException()
        .isThrownBy(() -> new StopReport(null, Duration.ZERO, 0, none, none, 0))
        .withMessage("name");
  }
}
