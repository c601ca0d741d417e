// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every test of the kit can fail, and does so on the scope whose flaw it is there to find. */
@Tag("kit")
class ScopeKitCatchesFlawsTest {

  @Test
  void scopeWithoutFlawPassesAndEveryTestCatchesSomeFlaw() {
    KitRun run = KitRun.all(Kit.class, FlawParameter.of(ScopeFlaw.NONE));
    assertThat(run.failed()).isEmpty();
    assertThat(run.aborted()).isEmpty();

    Chances.assertNoneIsIdle(
        run.tests(), Arrays.stream(ScopeFlaw.values()).flatMap(flaw -> flaw.caughtBy().stream()));
  }

  @ParameterizedTest
  @Execution(CONCURRENT) // most of them wait for a hang to be noticed
  @EnumSource(mode = EXCLUDE, names = "NONE")
  void flawIsCaught(ScopeFlaw flaw) {
    Chances.assertCaught(Kit.class, flaw.caughtBy(), FlawParameter.of(flaw));
  }

  @ExtendWith(FlawParameter.class)
  static class Kit extends ScopeContract {
    private final ScopeFlaw flaw;

    Kit(ScopeFlaw flaw) {
      this.flaw = flaw;
    }

    @Override
    protected TestedScope open(ScopePolicy policy, @Nullable Duration timeout) {
      return new FlawedScope(policy, timeout, flaw);
    }

    @Override
    protected Class<? extends RuntimeException> structureException() {
      return FlawedScope.WrongOrderException.class;
    }

    @Override
    protected Duration patience() {
      return flaw == ScopeFlaw.NONE ? super.patience() : Duration.ofMillis(400);
    }

    @Override
    protected Duration stressTime() {
      return Duration.ofMillis(flaw == ScopeFlaw.NONE ? 50 : 200);
    }
  }
}
