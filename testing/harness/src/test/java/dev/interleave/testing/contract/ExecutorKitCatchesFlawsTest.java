// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every test of the kit can fail, and does so on the executor whose flaw it is there to find. */
@Tag("kit")
class ExecutorKitCatchesFlawsTest {

  @Test
  void executorWithoutFlawPassesAndEveryTestCatchesSomeFlaw() {
    KitRun run = KitRun.all(Kit.class, FlawParameter.of(ExecutorFlaw.NONE));
    assertThat(run.failed()).isEmpty();
    assertThat(run.aborted()).isEmpty();

    Chances.assertNoneIsIdle(
        run.tests(),
        Arrays.stream(ExecutorFlaw.values()).flatMap(flaw -> flaw.caughtBy().stream()));
  }

  @ParameterizedTest
  @Execution(CONCURRENT) // most of them wait for a hang to be noticed
  @EnumSource(mode = EXCLUDE, names = "NONE")
  void flawIsCaught(ExecutorFlaw flaw) {
    Chances.assertCaught(Kit.class, flaw.caughtBy(), FlawParameter.of(flaw));
  }

  @ExtendWith(FlawParameter.class)
  static class Kit extends ExecutorServiceContract {
    private final ExecutorFlaw flaw;

    Kit(ExecutorFlaw flaw) {
      this.flaw = flaw;
    }

    @Override
    protected ExecutorService create(int threads) {
      return new FlawedExecutor(threads, Integer.MAX_VALUE, flaw);
    }

    @Override
    protected ExecutorService createBounded(int threads, int waiting) {
      return new FlawedExecutor(threads, waiting, flaw);
    }

    @Override
    protected Duration patience() {
      return flaw == ExecutorFlaw.NONE ? super.patience() : Duration.ofMillis(400);
    }

    @Override
    protected Duration stressTime() {
      return Duration.ofMillis(flaw == ExecutorFlaw.NONE ? 50 : 200);
    }
  }
}
