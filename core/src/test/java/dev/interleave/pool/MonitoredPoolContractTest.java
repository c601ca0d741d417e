// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.testing.contract.ExecutorServiceContract;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** The kit that ThreadPoolExecutor passes, on each kind of pool. */
@Tag("kit")
class MonitoredPoolContractTest {
  private static final int MANY = 16_384;

  /** There are five kinds, which have most of their races in common. */
  private static final Duration EACH =
      Duration.ofMillis(Boolean.getBoolean("interleave.thorough") ? 1_000 : 100);

  /** What differs is in {@link #threads}. */
  abstract static class Kind extends ExecutorServiceContract {
    @Override
    protected ExecutorService create(int threads) {
      return threads(threads).queueCapacity(MANY).build();
    }

    @Override
    protected ExecutorService createBounded(int threads, int waiting) {
      return threads(threads).queueCapacity(waiting).build();
    }

    @Override
    protected Duration stressTime() {
      return EACH;
    }

    MonitoredPool.Builder pool() {
      return MonitoredPool.builder("contract");
    }

    abstract MonitoredPool.Builder threads(int threads);
  }

  @Nested
  class Fixed extends Kind {
    @Override
    MonitoredPool.Builder threads(int threads) {
      return pool().threads(threads, threads);
    }
  }

  /** Threads come and go all the time. */
  @Nested
  class Growing extends Kind {
    @Override
    MonitoredPool.Builder threads(int threads) {
      return pool().threads(0, threads).keepAlive(Duration.ofNanos(1));
    }
  }

  @Nested
  class Virtual extends Kind {
    @Override
    MonitoredPool.Builder threads(int threads) {
      return pool().virtual(threads);
    }
  }

  /** All tasks are equal, so that they run in the order in which they came. */
  @Nested
  class Prioritized extends Kind {
    @Override
    MonitoredPool.Builder threads(int threads) {
      Comparator<Object> equal = (unusedOne, unusedOther) -> 0;
      return pool().threads(1, threads).priority(equal);
    }
  }

  /** With a deadline for each task that is never reached, one in eight timed. */
  @Nested
  class Limited extends Kind {
    @Override
    MonitoredPool.Builder threads(int threads) {
      return pool()
          .threads(threads, threads)
          .taskTimeout(Duration.ofDays(1))
          .stuckAfter(Duration.ofDays(1))
          .timingOneIn(8);
    }
  }
}
