// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ExpectTest {
  @Test
  void whatHoldsPasses() {
    assertThat(Expect.present("value", "x")).isEqualTo("x");
    Expect.contains("b", "abc");
    Expect.equal("nothing", null, null);
    Expect.equal("count", 3, 3);
    Expect.that("so it is", true);
    IOException e = new IOException("disk");
    assertThat(
            Expect.thrown(
                IOException.class,
                () -> {
                  throw e;
                }))
        .isSameAs(e);
  }

  @Test
  void soonWaits() throws InterruptedException {
    AtomicInteger looks = new AtomicInteger();
    Expect.soon("looked three times", () -> looks.incrementAndGet() == 3);
    assertThat(looks).hasValue(3);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Expect.soon("never", () -> false))
        .isInstanceOf(InterruptedException.class);
  }

  @Test
  void whatDoesNotHoldFails() {
    assertThatThrownBy(() -> Expect.equal("count", 3, 4))
        .isInstanceOf(AssertionError.class)
        .hasMessage("count: expected 3, but was 4");
    assertThatThrownBy(() -> Expect.equal("count", 3L, 3)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> Expect.equal("count", 3, null)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> Expect.present("value", null))
        .isInstanceOf(AssertionError.class)
        .hasMessage("value: expected, but missing");
    assertThatThrownBy(() -> Expect.contains("d", "abc"))
        .isInstanceOf(AssertionError.class)
        .hasMessage("expected to find \"d\" in: abc");
    assertThatThrownBy(() -> Expect.contains("d", null)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> Expect.that("so it is", false))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("so it is");
  }

  @Test
  void aMissingOrOtherExceptionFails() {
    assertThatThrownBy(() -> Expect.thrown(IOException.class, () -> "fine"))
        .isInstanceOf(AssertionError.class)
        .hasMessage("expected a IOException, but got fine");
    RuntimeException other = new RuntimeException("other");
    assertThatThrownBy(() ->
            Expect.thrown(
                IOException.class,
                () -> {
                  throw other;
                }))
        .isInstanceOf(AssertionError.class)
        .hasCause(other);
  }
}
