// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

class HangDumpTest {

  @Test
  void showsTheVirtualThreadThatHangs() {
    Run run = run(Hanging.class, "waitsForAVirtualThread", true);
    run.assertTimedOut();
    assertThat(run.output).contains("Timeout of ", "waitsForAVirtualThread", "All threads:");
    assertThat(run.part("\"stuck-virtual\" virtual"))
        .contains("CountDownLatch.await", "HangDumpTest.stuckForEver");
  }

  @Test
  void showsWhoHoldsWhatAPlatformThreadWaitsFor() {
    Run run = run(Hanging.class, "waitsForALock", true);
    run.assertTimedOut();
    assertThat(run.part("Platform threads that wait, or hold a monitor:"))
        .containsPattern(
            "waits for java\\.util\\.concurrent\\.locks\\.ReentrantLock\\S* held by #\\d+"
                + " \"lock-holder\"")
        .contains("Deadlocked platform threads: none known");
  }

  @Test
  void worksInTheThreadOfTheTestToo() {
    Run run = run(Hanging.class, "hangsInTheSameThread", true);
    run.assertTimedOut();
    String self = "#" + Thread.currentThread().threadId() + " ";
    assertThat(run.output.split("\\R\\R", -1))
        .anySatisfy(part -> assertThat(part).contains(self, "Hanging.hangsInTheSameThread"));
  }

  @Test
  void canBeRegisteredForOneClass() {
    Run run = run(Registered.class, "hangs", false);
    run.assertTimedOut();
    assertThat(run.output).contains("Registered", "All threads:");
  }

  @Test
  void printsNothingUnlessItIsSwitchedOn() {
    Run run = run(Hanging.class, "hangsInTheSameThread", false);
    run.assertTimedOut();
    assertThat(run.output).doesNotContain("All threads:");
  }

  private record Run(Events tests, String output) {
    /** Returns the part of the output, up to the next empty line, that has a line with a text. */
    String part(String text) {
      return Arrays.stream(output.split("\\R\\R", -1))
          .filter(part -> part.contains(text))
          .reduce((one, other) -> other)
          .orElseThrow(() -> new AssertionError("no " + text + " in " + output));
    }

    void assertTimedOut() {
      assertThat(tests.failed().stream().toList()).hasSize(1);
      assertThat(tests.failed().stream().findFirst().orElseThrow().getPayload().orElseThrow())
          .asString()
          .contains(TimeoutException.class.getName());
    }
  }

  /** Runs one test and captures what is printed to {@code System.err} meanwhile. */
  private static Run run(Class<?> type, String method, boolean detected) {
    PrintStream original = System.err;
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    System.setErr(new PrintStream(captured, true, UTF_8));
    try {
      Events tests =
          EngineTestKit.engine("junit-jupiter")
              .selectors(selectMethod(type, method))
              .configurationParameter(
                  "junit.jupiter.extensions.autodetection.enabled", String.valueOf(detected))
              .execute()
              .testEvents();
      return new Run(tests, captured.toString(UTF_8));
    } finally {
      System.setErr(original);
    }
  }

  private static void stuckForEver() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static class Hanging {
    @Test
    @Timeout(value = 300, unit = TimeUnit.MILLISECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
    void waitsForAVirtualThread() throws InterruptedException {
      Thread stuck = Thread.ofVirtual().name("stuck-virtual").start(HangDumpTest::stuckForEver);
      try {
        stuck.join();
      } finally {
        stuck.interrupt();
      }
    }

    @Test
    @Timeout(value = 300, unit = TimeUnit.MILLISECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
    void waitsForALock() throws InterruptedException {
      ReentrantLock lock = new ReentrantLock();
      CountDownLatch held = new CountDownLatch(1);
      Thread holder =
          Thread.ofPlatform()
              .daemon()
              .name("lock-holder")
              .start(() -> {
                lock.lock();
                try {
                  held.countDown();
                  stuckForEver();
                } finally {
                  lock.unlock();
                }
              });
      held.await();
      try {
        lock.lockInterruptibly();
      } finally {
        holder.interrupt();
      }
    }

    @Test
    @Timeout(value = 300, unit = TimeUnit.MILLISECONDS, threadMode = ThreadMode.SAME_THREAD)
    void hangsInTheSameThread() throws InterruptedException {
      new CountDownLatch(1).await();
    }
  }

  @ExtendWith(HangDump.class)
  static class Registered {
    @Test
    @Timeout(value = 300, unit = TimeUnit.MILLISECONDS, threadMode = ThreadMode.SEPARATE_THREAD)
    void hangs() throws InterruptedException {
      new CountDownLatch(1).await();
    }
  }
}
