// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.bench.Settings.Timing;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JmhCaseTest {
  private static final Timing TIMING = new Timing(2, 300, 3, 250);

  private static JmhCase warmedUpFor(int millis) {
    return new JmhCase(
        "id", Object.class, "method", Map.of(), ThreadSetting.platform(1), false, 1, millis);
  }

  @Test
  void warmsUpAsTheRunDoesUnlessItNeedsLonger() {
    assertThat(warmedUpFor(0).warmups(TIMING)).isEqualTo(2);
    assertThat(warmedUpFor(600).warmups(TIMING)).isEqualTo(2);
    assertThat(warmedUpFor(601).warmups(TIMING)).isEqualTo(3);
    assertThat(warmedUpFor(4000).warmups(TIMING)).isEqualTo(14);
    assertThat(warmedUpFor(4000).warmups(Timing.FULL)).isEqualTo(8);
  }
}
