// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnJre;
import org.junit.jupiter.api.condition.JRE;

/**
 * Where executors of the JDK fail the kit: {@code invokeAll} with a time of {@code Long.MIN_VALUE}
 * waits for 292 years, since what is left of it is computed by a subtraction that overflows. So it
 * is in JDK 25. Should this test fail, it has been mended, and the tests of those executors can run
 * the kit whole.
 */
@EnabledOnJre(JRE.JAVA_25)
class ExecutorTrapsTest {
  private static final String TEST = "leastTimeDoesNotOverflow";

  @Test
  void forkJoinPoolWaitsForTheLeastTime() {
    assertHangs(ForkJoinKit.class);
  }

  @Test
  void threadPerTaskExecutorWaitsForTheLeastTime() {
    assertHangs(PerTaskKit.class);
  }

  private static void assertHangs(Class<?> kit) {
    KitRun run = KitRun.some(kit, List.of(TEST), Map.of());
    assertThat(run.failed()).containsExactly(TEST);
    assertThat(run.failures())
        .allSatisfy(failure ->
            assertThat(failure)
                .hasMessageContaining("is not done")
                .hasMessageContaining("invokeAll"));
  }

  static class ForkJoinKit extends ExecutorServiceContract {
    @Override
    protected ExecutorService create(int threads) {
      return new ForkJoinPool(threads);
    }

    @Override
    protected Duration patience() {
      return Duration.ofSeconds(1);
    }
  }

  static class PerTaskKit extends ExecutorServiceContract {
    @Override
    protected ExecutorService create(int threads) {
      return Executors.newVirtualThreadPerTaskExecutor();
    }

    @Override
    protected Duration patience() {
      return Duration.ofSeconds(1);
    }
  }
}
