// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WaitingTest {
  @Test
  void whatIsWaitedForIsTheFirstThatThereIs() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    Iterator<String> found = List.of("first", "second").iterator();
    String present =
        Waiting.untilPresent(
            () -> looks.incrementAndGet() < 3 ? null : found.next(),
            Duration.ofSeconds(30),
            () -> "nothing");
    assertThat(present).isEqualTo("first");
    assertThat(looks.get()).isEqualTo(3);
  }

  @Test
  void ifThereIsNothingInTimeTheMessageSaysSo() {
    assertThatThrownBy(
            () -> Waiting.untilPresent(() -> null, Duration.ZERO, () -> "nothing is there"))
        .isInstanceOf(AssertionError.class)
        .hasMessage("nothing is there");
  }
}
