// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every test of the kit can fail, and does so on the executor whose flaw it is there to find. */
class ExecutorKitCatchesFlawsTest {

  @Test
  void executorWithoutFlawPassesAndEveryTestCatchesSomeFlaw() {
    KitRun run = KitRun.all(Kit.class, Map.of("flaw", ExecutorFlaw.NONE.name()));
    assertThat(run.failed()).isEmpty();
    assertThat(run.aborted()).isEmpty();

    Set<String> idle = new TreeSet<>(run.tests());
    idle.removeAll(
        Arrays.stream(ExecutorFlaw.values())
            .flatMap(flaw -> flaw.caughtBy().stream())
            .collect(Collectors.toSet()));
    assertThat(idle).as("tests that no flaw makes fail").isEmpty();
  }

  @ParameterizedTest
  @Execution(CONCURRENT) // most of them wait for a hang to be noticed
  @EnumSource(mode = EXCLUDE, names = "NONE")
  void flawIsCaught(ExecutorFlaw flaw) {
    Chances.assertCaught(Kit.class, flaw.caughtBy(), Map.of("flaw", flaw.name()));
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

  static class FlawParameter implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == ExecutorFlaw.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context.getConfigurationParameter("flaw", ExecutorFlaw::valueOf).orElseThrow();
    }
  }
}
