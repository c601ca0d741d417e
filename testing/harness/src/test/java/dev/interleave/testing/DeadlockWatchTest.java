// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.internal.RegisteredDiagnosis;
import java.lang.management.ManagementFactory;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("looks at all threads of the JVM, and registers an MXBean")
class DeadlockWatchTest {

  @Test
  void cycleOfLocksEndsTheTest() {
    assertThat(ExtensionRun.of(Deadlocking.class, "locks").failure())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("deadlock in locks()")
        .hasMessageContaining("\"one\" waits for java.util.concurrent.locks.ReentrantLock")
        .hasMessageContaining("held by \"other\"")
        .hasMessageContaining("Platform threads that wait, or hold a monitor:");
  }

  @Test
  void testThatPassesPasses() {
    assertThat(ExtensionRun.of(Harmless.class).failures()).isEmpty();
    assertThat(ExtensionRun.of(Harmless.class).started()).hasSize(1);
  }

  @Test
  void failureOfTheTestIsItsOwn() {
    Throwable failure = ExtensionRun.of(Failing.class).failure();
    assertThat(failure).isExactlyInstanceOf(IllegalStateException.class).hasMessage("wrong");
  }

  @Test
  void whatTheDiagnosisReportsEndsTheTest() throws JMException {
    ObjectName name = new ObjectName("dev.interleave:type=Diagnosis");
    ManagementFactory.getPlatformMBeanServer().registerMBean(new Diagnosis(), name);
    try {
      assertThat(ExtensionRun.of(Deadlocking.class, "virtual").failure())
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("v1 -> lock a -> v2 -> lock b")
          .hasMessageContaining("the whole picture");
    } finally {
      Diagnosis.deadlocked = false;
      ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
    }
    assertThat(RegisteredDiagnosis.report()).isNull();
    assertThat(RegisteredDiagnosis.deadlocks()).isEmpty();
  }

  @Test
  void periodIsChecked() {
    assertThat(ExtensionRun.of(Never.class).failure())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("periodMillis: 0");
  }

  /** Two threads that take two locks the other way round; whoever is interrupted gives up. */
  private static void deadlock() throws InterruptedException {
    Lock a = new ReentrantLock();
    Lock b = new ReentrantLock();
    CyclicBarrier both = new CyclicBarrier(2);
    Thread one = Thread.ofPlatform().daemon().name("one").start(() -> lock(a, b, both));
    Thread other = Thread.ofPlatform().daemon().name("other").start(() -> lock(b, a, both));
    try {
      one.join();
    } finally {
      one.interrupt();
      other.interrupt();
      one.join();
      other.join();
    }
  }

  private static void lock(Lock first, Lock second, CyclicBarrier both) {
    first.lock();
    try {
      both.await();
      second.lockInterruptibly();
      second.unlock();
    } catch (InterruptedException | BrokenBarrierException e) {
      Thread.currentThread().interrupt();
    } finally {
      first.unlock();
    }
  }

  static class Deadlocking {
    @Test
    @DeadlockWatch(periodMillis = 20)
    void locks() throws InterruptedException {
      deadlock();
    }

    @Test
    @DeadlockWatch(periodMillis = 20)
    void virtual() throws InterruptedException {
      Diagnosis.deadlocked = true;
      new CountDownLatch(1).await();
    }
  }

  @DeadlockWatch
  static class Harmless {
    @Test
    void passes() {
      assertThat(Thread.currentThread().isDaemon()).isTrue();
    }
  }

  @DeadlockWatch
  static class Failing {
    @Test
    void fails() {
      throw new IllegalStateException("wrong");
    }
  }

  static class Never {
    @Test
    @DeadlockWatch(periodMillis = 0)
    void test() {}
  }

  /** Stands in for the one of the library. */
  public interface DiagnosisMXBean {
    /** Returns the deadlocks. */
    String[] getDeadlocks();

    /** Returns all. */
    String report();
  }

  static final class Diagnosis implements DiagnosisMXBean {
    static volatile boolean deadlocked;

    @Override
    public String[] getDeadlocks() {
      return deadlocked ? new String[] {"v1 -> lock a -> v2 -> lock b -> v1"} : new String[0];
    }

    @Override
    public String report() {
      return "the whole picture";
    }
  }
}
