// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every test of the kit can fail, and does so on the queue whose flaw it is there to find. */
@Tag("kit")
class QueueKitCatchesFlawsTest {

  @Test
  void queueWithoutFlawPassesAndEveryTestCatchesSomeFlaw() {
    KitRun run = KitRun.all(Kit.class, FlawParameter.of(QueueFlaw.NONE));
    assertThat(run.failed()).isEmpty();
    assertThat(run.aborted()).isEmpty();

    Chances.assertNoneIsIdle(
        run.tests(), Arrays.stream(QueueFlaw.values()).flatMap(flaw -> flaw.caughtBy().stream()));
  }

  @ParameterizedTest
  @Execution(CONCURRENT) // most of them wait for a hang to be noticed
  @EnumSource(mode = EXCLUDE, names = "NONE")
  void flawIsCaught(QueueFlaw flaw) {
    Chances.assertCaught(Kit.class, flaw.caughtBy(), FlawParameter.of(flaw));
  }

  @ExtendWith(FlawParameter.class)
  static class Kit extends BlockingQueueContract {
    private final QueueFlaw flaw;

    Kit(QueueFlaw flaw) {
      this.flaw = flaw;
    }

    @Override
    protected BlockingQueue<Long> create(int capacity) {
      return new FlawedQueue(capacity, flaw);
    }

    @Override
    protected boolean fair() {
      return true;
    }

    @Override
    protected boolean closeable() {
      return true;
    }

    @Override
    protected Duration patience() {
      return flaw == QueueFlaw.NONE ? super.patience() : Duration.ofMillis(400);
    }

    @Override
    protected Duration stressTime() {
      return Duration.ofMillis(flaw == QueueFlaw.NONE ? 50 : 200);
    }
  }
}
