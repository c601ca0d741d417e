// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.SAME_THREAD)
class ContextLeaksTest {
  private static final ThreadLocal<String> USER = new ThreadLocal<>();
  private static final ThreadLocal<String> INHERITED = new InheritableThreadLocal<>();
  private static final ThreadLocal<Integer> DEPTH = ThreadLocal.withInitial(() -> 0);

  @Test
  void valueLeftInAPooledThreadIsFound() {
    assertThat(ExtensionRun.of(Pooled.class, "leaks").failure())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("left behind by leaks()")
        .hasMessageContaining("user = alice in thread \"pooled-")
        .hasMessageContaining("of pool workers");
  }

  @Test
  void valueThatAPooledThreadInheritedIsFound() {
    assertThat(ExtensionRun.of(Pooled.class, "inherits").failure())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("inherited = bob");
  }

  @Test
  void valueThatIsRemovedIsNoLeak() {
    assertThat(ExtensionRun.of(Pooled.class, "tidy").failures()).isEmpty();
  }

  @Test
  void valueThatDiffersFromTheEmptyOneIsFoundInTheTestThread() {
    assertThat(ExtensionRun.of(SameThread.class, "leaks").failure())
        .hasMessageContaining("depth = 1")
        .hasMessageContaining("of the test");
  }

  @Test
  void valueFromBeforeIsBlamedOnce() {
    ExtensionRun run = ExtensionRun.of(Twice.class);
    assertThat(run.started()).hasSize(2);
    assertThat(run.failures()).hasSize(1);
    assertThat(run.failure()).hasMessageContaining("left behind by leaks()");
  }

  @Test
  void busyPoolIsSaidToBeBusy() {
    assertThat(ExtensionRun.of(Busy.class).failure())
        .hasMessageContaining("pool workers has not let 2 tasks run at once")
        .hasMessageContaining("is it busy, or smaller?");
  }

  @Test
  void failureOfAProbeIsTold() {
    assertThat(ExtensionRun.of(BadProbe.class).failure())
        .hasMessageContaining("a probe failed in pool workers")
        .hasRootCauseMessage("no context");
  }

  @Test
  void descriptionIsChecked() {
    ContextLeaks.Builder builder = ContextLeaks.builder();
    assertThatThrownBy(builder::build).hasMessageContaining("probes");
    builder.probe("user", USER::get);
    assertThatThrownBy(() -> builder.probe("user", USER::get))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"user\"");
    assertThatThrownBy(() -> builder.pool("p", Runnable::run, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("threads: 0");
    assertThatThrownBy(() -> builder.patience(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT0S");
  }

  private static ExecutorService pool() {
    return Executors.newFixedThreadPool(
        2, Thread.ofPlatform().daemon().name("pooled-", 0).factory());
  }

  static class Pooled {
    private static final ExecutorService POOL = pool();

    @RegisterExtension
    final ContextLeaks leaks =
        ContextLeaks.builder()
            .probe("user", USER::get)
            .probe("inherited", INHERITED::get)
            .pool("workers", POOL, 2)
            .build();

    @Test
    void leaks() throws Exception {
      POOL.submit(() -> USER.set("alice")).get();
    }

    @Test
    void tidy() throws Exception {
      POOL.submit(
              () -> {
                USER.set("alice");
                USER.remove();
              })
          .get();
    }

    /** A thread that dies is replaced by one that inherits from whoever submits next. */
    @Test
    void inherits() throws Exception {
      CountDownLatch dying = new CountDownLatch(1);
      POOL.execute(() -> {
        Thread.currentThread().setUncaughtExceptionHandler((thread, expected) -> dying.countDown());
        INHERITED.set("bob"); // the pool replaces the thread from within itself
        throw new IllegalStateException("expected");
      });
      dying.await();
    }
  }

  static class SameThread {
    @RegisterExtension
    final ContextLeaks leaks = ContextLeaks.builder().probe("depth", DEPTH::get, 0).build();

    @Test
    @Timeout(value = 30, threadMode = ThreadMode.SAME_THREAD)
    void leaks() {
      DEPTH.set(1);
    }

    @AfterAll
    static void tidy() {
      DEPTH.remove();
    }
  }

  @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
  static class Twice {
    private static final ExecutorService POOL = pool();

    @RegisterExtension
    final ContextLeaks leaks =
        ContextLeaks.builder().probe("user", USER::get).pool("workers", POOL, 2).build();

    @Test
    @Order(1)
    void leaks() throws Exception {
      POOL.submit(() -> USER.set("alice")).get();
    }

    @Test
    @Order(2)
    void innocent() {}

    @AfterAll
    static void end() {
      POOL.shutdown();
    }
  }

  static class Busy {
    private static final ExecutorService POOL = pool();
    private static final CountDownLatch FREE = new CountDownLatch(1);

    @RegisterExtension
    final ContextLeaks leaks =
        ContextLeaks.builder()
            .probe("user", USER::get)
            .pool("workers", POOL, 2)
            .patience(Duration.ofMillis(100))
            .build();

    @Test
    void occupies() {
      POOL.execute(() -> {
        try {
          FREE.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
    }

    @AfterAll
    static void end() {
      FREE.countDown();
      POOL.shutdown();
    }
  }

  static class BadProbe {
    private static final ExecutorService POOL = pool();
    private static final Thread TEST = Thread.currentThread();

    @RegisterExtension
    final ContextLeaks leaks =
        ContextLeaks.builder().probe("bad", BadProbe::read).pool("workers", POOL, 2).build();

    private static String read() {
      if (Thread.currentThread() == TEST) {
        return "";
      }
      throw new IllegalStateException("no context");
    }

    @Test
    void test() {}

    @AfterAll
    static void end() {
      POOL.shutdown();
    }
  }
}
