// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** An idle moment counts for those whose items were done by then, however late it is told. */
class IdleGateTest {
  private final AtomicLong puts = new AtomicLong(1);
  private final AtomicLong idleAt = new AtomicLong(-1);
  private final WaitLine line =
      new WaitLine(new Meter("gate").producers, () -> false, () -> false, 1);
  private final IdleGate gate = new IdleGate(idleAt::get, puts::get, line);

  /** The one who saw it lost its processor before it told; meanwhile another item was put in. */
  @Test
  void momentBeforeTheLastItemIsNoneForThatItem() throws InterruptedException {
    puts.set(2);
    gate.tell(1);
    assertThat(gate.await(Deadline.after(Duration.ofMillis(1)))).isFalse();
  }

  @Test
  void momentAfterTheLastItemIsSeenThoughItIsOver() throws InterruptedException {
    gate.tell(1);
    assertThat(gate.await(Deadline.after(Duration.ofMillis(1)))).isTrue();
  }

  @Test
  void idleNowNeedsNoTelling() throws InterruptedException {
    idleAt.set(1);
    assertThat(gate.await(Deadline.after(Duration.ZERO))).isTrue();
  }
}
