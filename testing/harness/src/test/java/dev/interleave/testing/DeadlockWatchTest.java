// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.interleave.testing.internal.RegisteredDiagnosis;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("looks at all threads of the JVM, and registers an MXBean")
class DeadlockWatchTest {
  private static final long NEVER = Long.MAX_VALUE;
  private static final List<Thread> DEADLOCKED = new CopyOnWriteArrayList<>();

  @Test
  void cycleOfLocksEndsTheTest() {
    assertThat(ExtensionRun.of(Deadlocking.class, "locks").failure())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("deadlock in locks()")
        .hasMessageContaining("\"one\" waits for java.util.concurrent.locks.ReentrantLock")
        .hasMessageContaining("held by \"other\"")
        .hasMessageContaining("Platform threads that wait, or hold a monitor:");
  }

  @ParameterizedTest
  @ValueSource(classes = {LeavesBehind.class, DynamicLeavesBehind.class})
  void deadlockLeftBehindFailsTheTest(Class<?> type) throws InterruptedException {
    try {
      assertThat(ExtensionRun.of(type).failure())
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("deadlock in test")
          .hasMessageContaining("held by \"other\"")
          .hasNoSuppressedExceptions();
    } finally {
      endThem();
    }
  }

  @Test
  void deadlockLeftBehindByAFactoryFailsIt() throws InterruptedException {
    try {
      assertThat(ExtensionRun.containerFailure(FactoryLeavesBehind.class))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("deadlock in factory()");
    } finally {
      endThem();
    }
  }

  @Test
  void failureOfATestWithADeadlockIsSuppressed() throws InterruptedException {
    try {
      Throwable failure = ExtensionRun.of(FailsAndLeavesBehind.class).failure();
      assertThat(failure).hasMessageContaining("deadlock in test()");
      assertThat(failure.getSuppressed())
          .extracting(Throwable::getMessage)
          .containsExactly("wrong");
    } finally {
      endThem();
    }
  }

  @Test
  void dynamicTestsPassInAThreadOfTheirOwn() {
    ExtensionRun run = ExtensionRun.of(HarmlessFactory.class);
    assertThat(run.failures()).isEmpty();
    assertThat(run.started()).containsExactly("one", "two");
  }

  @Test
  void testIsEndedWhenItCannotBeWatched() throws JMException {
    ObjectName name = new ObjectName("dev.interleave:type=Diagnosis");
    ManagementFactory.getPlatformMBeanServer().registerMBean(new Broken(), name);
    try {
      Throwable failure = ExtensionRun.of(Unwatchable.class).failure();
      assertThat(failure).hasMessage("cannot be printed");
      assertThat(failure.getSuppressed()).singleElement().isInstanceOf(InterruptedException.class);
    } finally {
      Broken.broken = false;
      ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
    }
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
  private static List<Thread> startDeadlock() {
    Lock a = new ReentrantLock();
    Lock b = new ReentrantLock();
    CyclicBarrier both = new CyclicBarrier(2);
    return List.of(
        Thread.ofPlatform().daemon().name("one").start(() -> lock(a, b, both)),
        Thread.ofPlatform().daemon().name("other").start(() -> lock(b, a, both)));
  }

  private static void deadlock() throws InterruptedException {
    List<Thread> threads = startDeadlock();
    try {
      threads.get(0).join();
    } finally {
      end(threads);
    }
  }

  /** Starts a deadlock, waits until it is one, and leaves it as it is. */
  private static void leaveBehind() {
    DEADLOCKED.addAll(startDeadlock());
    while (ManagementFactory.getThreadMXBean().findDeadlockedThreads() == null) {
      Thread.onSpinWait();
    }
  }

  private static void endThem() throws InterruptedException {
    end(DEADLOCKED);
    DEADLOCKED.clear();
  }

  private static void end(List<Thread> threads) throws InterruptedException {
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      thread.join();
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

  @DeadlockWatch(periodMillis = NEVER)
  static class LeavesBehind {
    @Test
    void test() {
      leaveBehind();
    }
  }

  @DeadlockWatch(periodMillis = NEVER)
  static class FailsAndLeavesBehind {
    @Test
    void test() {
      leaveBehind();
      throw new IllegalStateException("wrong");
    }
  }

  static class FactoryLeavesBehind {
    @TestFactory
    @DeadlockWatch(periodMillis = NEVER)
    List<DynamicNode> factory() {
      leaveBehind();
      return List.of();
    }
  }

  static class DynamicLeavesBehind {
    @TestFactory
    @DeadlockWatch(periodMillis = NEVER)
    DynamicNode factory() {
      return dynamicContainer("outer", List.of(dynamicTest("test", () -> leaveBehind())));
    }
  }

  @DeadlockWatch
  static class HarmlessFactory {
    @TestFactory
    Stream<DynamicNode> factory() {
      return Stream.of("one", "two").map(name -> dynamicTest(name, () -> passes()));
    }

    private static void passes() {
      assertThat(Thread.currentThread().getName()).endsWith("-watched");
    }
  }

  static class Unwatchable {
    @Test
    @DeadlockWatch(periodMillis = 20)
    void test() throws InterruptedException {
      Broken.broken = true;
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

  /** What is asked and ends in an error that is not caught on the way. */
  public interface BrokenMBean {
    /** Returns one that cannot be printed. */
    Object[] getDeadlocks();
  }

  public static final class Broken implements BrokenMBean {
    static volatile boolean broken;

    @Override
    public Object[] getDeadlocks() {
      return broken ? new Object[] {new Broken()} : new Object[0];
    }

    @Override
    public String toString() {
      throw new LinkageError("cannot be printed");
    }
  }
}
