// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WaitLineTest {
  private final WaitLine line =
      new WaitLine(new Meter("line").consumers, () -> false, () -> false, 1);

  /**
   * An item comes after the last look, and its producer wakes the first in line; but the permit is
   * used up by a park within the attempt (for an unpublished slot, say), and somebody else takes
   * the item. The next producer finds nobody to be woken, so the waiter must not park.
   */
  @Test
  void permitUsedUpWithinAnAttemptIsNoLostWakeUp() throws InterruptedException {
    Deadline deadline = Deadline.after(Duration.ofSeconds(20));

    String item = line.await(new WokenInTheMidst(deadline), deadline);

    assertThat(item).isEqualTo("item");
  }

  private final class WokenInTheMidst implements WaitLine.Attempt<String> {
    /** Twice before the wait is registered, and twice after: the last before it parks. */
    private static final int LAST_LOOK = 4;

    private final Deadline deadline;
    private int looks;

    WokenInTheMidst(Deadline deadline) {
      this.deadline = deadline;
    }

    @Override
    public @Nullable String now() {
      looks++;
      if (looks == LAST_LOOK) {
        line.wake();
        LockSupport.park(line); // returns at once: the permit is there
      }
      if (looks <= LAST_LOOK) {
        return null;
      }
      return deadline.isExpired() ? "found when the time was up" : "item";
    }
  }
}
