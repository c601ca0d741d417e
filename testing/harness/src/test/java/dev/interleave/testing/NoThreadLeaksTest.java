// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

@NoThreadLeaks // not only the ones below: these must not leave anything behind either
class NoThreadLeaksTest {
  private static volatile CountDownLatch stay = new CountDownLatch(1);
  private static volatile Thread left = Thread.currentThread();

  @AfterEach
  void endWhatWasLeft() throws InterruptedException {
    stay.countDown();
    if (left != Thread.currentThread()) {
      left.join();
    }
    stay = new CountDownLatch(1);
  }

  @Test
  void platformThreadIsFound() {
    Throwable failure = ExtensionRun.of(Leaking.class, "platform").failure();
    assertThat(failure)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("1 thread(s) left behind by platform()")
        .hasMessageContaining("\"left-platform\"")
        .hasMessageContaining("CountDownLatch.await");
  }

  @Test
  void virtualThreadIsFound() {
    assertThat(ExtensionRun.of(Leaking.class, "virtual").failure())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("\"left-virtual\" virtual")
        .hasMessageContaining("CountDownLatch.await");
  }

  @Test
  void forgottenExecutorIsFound() {
    assertThat(ExtensionRun.of(Leaking.class, "executor").failure())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("\"forgotten\"");
  }

  @Test
  void threadStartedByOneThatEndsIsFound() {
    assertThat(ExtensionRun.of(HandingOver.class).failure())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("1 thread(s) left behind")
        .hasMessageContaining("\"left-second\"");
  }

  @Test
  void failureBeforeTheTestIsTheOnlyOne() {
    Throwable failure = ExtensionRun.of(NeverBegun.class).failure();
    assertThat(failure).isExactlyInstanceOf(IllegalStateException.class).hasMessage("refused");
    assertThat(failure.getSuppressed()).isEmpty();
  }

  @Test
  void nestedTestsAreWatched() {
    assertThat(ExtensionRun.of(Leaking.Inside.class).failure())
        .hasMessageContaining("\"left-inside\"");
  }

  @Test
  void threadsThatEndAreNotLeaks() {
    ExtensionRun run = ExtensionRun.of(Tidy.class);
    assertThat(run.failures()).isEmpty();
    assertThat(run.started()).hasSize(5);
  }

  @Test
  void namesMayBeIgnored() {
    assertThat(ExtensionRun.of(Ignoring.class).failures()).isEmpty();
  }

  @Test
  void patienceIsChecked() {
    assertThat(ExtensionRun.of(Impatient.class).failure())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("patienceMillis: -1");
  }

  private static void stay() {
    CountDownLatch latch = stay;
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @NoThreadLeaks(patienceMillis = 100)
  static class Leaking {
    @Test
    void platform() {
      left = Thread.ofPlatform().daemon().name("left-platform").start(NoThreadLeaksTest::stay);
    }

    @Test
    void virtual() {
      left = Thread.ofVirtual().name("left-virtual").start(NoThreadLeaksTest::stay);
    }

    @Test
    void executor() {
      ExecutorService executor =
          Executors.newSingleThreadExecutor(
              task -> left = Thread.ofPlatform().daemon().name("forgotten").unstarted(task));
      executor.execute(NoThreadLeaksTest::stay);
      executor.shutdown();
    }

    @Nested
    class Inside {
      @Test
      void nested() {
        left = Thread.ofPlatform().daemon().name("left-inside").start(NoThreadLeaksTest::stay);
      }
    }
  }

  @NoThreadLeaks(patienceMillis = 1_000) // time for the first to meet it
  static class HandingOver {
    /**
     * The first thread ends only when somebody waits for it, and the second is not to be missed.
     */
    @Test
    void test() {
      Thread waiting = Thread.currentThread();
      left = Thread.ofPlatform().daemon().name("left-second").unstarted(NoThreadLeaksTest::stay);
      Thread.ofPlatform()
          .daemon()
          .name("left-first")
          .start(() -> {
            while (waiting.getState() != Thread.State.TIMED_WAITING) {
              Thread.onSpinWait();
            }
            left.start();
          });
    }
  }

  @ExtendWith(Refusing.class)
  @NoThreadLeaks
  static class NeverBegun {
    @Test
    void test() {}
  }

  static class Refusing implements BeforeEachCallback {
    @Override
    public void beforeEach(ExtensionContext context) {
      throw new IllegalStateException("refused");
    }
  }

  @NoThreadLeaks
  static class Tidy {
    @Test
    void none() {}

    @Test
    void joined() throws InterruptedException {
      Thread thread = Thread.ofPlatform().start(() -> {});
      thread.join();
    }

    @Test
    void aboutToEnd() {
      Thread.ofPlatform().start(Tidy::work);
    }

    @Test
    void virtualAboutToEnd() {
      Thread.ofVirtual().start(Tidy::work);
    }

    @Test
    void commonPool() {
      Thread.startVirtualThread(() -> {});
      ForkJoinPool.commonPool().execute(() -> {});
    }

    /** Takes a while, on purpose: whoever does not wait for it calls it a leak. */
    private static void work() {
      long start = System.nanoTime();
      while (System.nanoTime() - start < 30_000_000) {
        Thread.onSpinWait();
      }
    }
  }

  static class Ignoring {
    @Test
    @NoThreadLeaks(patienceMillis = 100, ignoring = "left-.*")
    void ignored() {
      left = Thread.ofPlatform().daemon().name("left-behind").start(NoThreadLeaksTest::stay);
    }
  }

  static class Impatient {
    @Test
    @NoThreadLeaks(patienceMillis = -1)
    void test() {}
  }
}
