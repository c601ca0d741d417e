// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private static final long LIMIT = TimeUnit.MILLISECONDS.toNanos(1_100);

  private final VirtualTime time = VirtualTime.startingAt(VirtualTime.create().instant(), -5);

  @Test
  void lastPauseEndsWithThePatience() {
    Patience patience = new Patience(LIMIT, time.nanoTimeSource());
    List<Long> pauses = new ArrayList<>();
    while (!patience.isOver()) {
      pauses.add(patience.nextPause());
      time.advance(Duration.ofNanos(pauses.getLast()));
    }
    assertThat(time.nanoTime()).isEqualTo(-5 + LIMIT);
    assertThat(pauses.getFirst()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(1));
    assertThat(pauses).allMatch(pause -> pause > 0 && pause <= LIMIT / 4);
    assertThat(patience.nextPause()).isZero();
  }

  @Test
  void noneIsOverAtOnce() {
    assertThat(new Patience(0, time.nanoTimeSource()).isOver()).isTrue();
  }
}
