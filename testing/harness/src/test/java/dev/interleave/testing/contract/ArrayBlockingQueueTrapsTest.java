// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnJre;
import org.junit.jupiter.api.condition.JRE;

/**
 * Where the JDK's own queue fails the kit: {@code removeIf}, {@code removeAll} and {@code
 * retainAll} make room in an {@link ArrayBlockingQueue}, but signal no one; whoever waits in {@code
 * put} goes on waiting beside an empty queue. So it is in JDK 25. Should this test fail, it has
 * been mended, and {@link ArrayBlockingQueueTest} can run the kit whole.
 */
@EnabledOnJre(JRE.JAVA_25)
@Tag("kit")
class ArrayBlockingQueueTrapsTest {

  @Test
  void filteringWakesNoProducer() {
    KitRun run = KitRun.some(Kit.class, List.of("filteringLetsAsManyIn"), Map.of());
    assertThat(run.failed()).containsExactly("filteringLetsAsManyIn");
    assertThat(run.failures())
        .allSatisfy(failure ->
            assertThat(failure).hasMessageContaining("is not done").hasMessageContaining("put"));
  }

  static class Kit extends BlockingQueueContract {
    @Override
    protected BlockingQueue<Long> create(int capacity) {
      return new ArrayBlockingQueue<>(capacity);
    }

    @Override
    protected Duration patience() {
      return Duration.ofSeconds(1);
    }
  }
}
