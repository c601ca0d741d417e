// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import dev.interleave.testing.internal.RegisteredDiagnosis;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Does what {@link DeadlockWatch} says. */
final class DeadlockCheck implements InvocationInterceptor {
  private static final long LAST_CHANCE_MILLIS = 1_000;

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> invocationContext,
      ExtensionContext context)
      throws Throwable {
    watch(invocation, context);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> invocationContext,
      ExtensionContext context)
      throws Throwable {
    watch(invocation, context);
  }

  private static void watch(Invocation<Void> invocation, ExtensionContext context)
      throws Throwable {
    long period = period(context);
    Deadlocks before = Deadlocks.now();
    Run run = new Run(invocation);
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name(Thread.currentThread().getName() + "-watched")
            .start(run::run);
    try {
      while (!run.done.await(period, TimeUnit.MILLISECONDS)) {
        String found = Deadlocks.now().without(before);
        // Whoever looks may meet threads that are about to go on: what is true stays true.
        if (found != null && Deadlocks.now().without(before) != null) {
          String message =
              "deadlock in "
                  + context.getDisplayName()
                  + ": "
                  + found
                  + System.lineSeparator()
                  + ThreadDump.withDiagnosis();
          thread.interrupt();
          AssertionError failure = new AssertionError(message);
          if (run.done.await(LAST_CHANCE_MILLIS, TimeUnit.MILLISECONDS) && run.failure != null) {
            failure.addSuppressed(run.failure);
          }
          throw failure;
        }
      }
    } catch (InterruptedException e) {
      thread.interrupt(); // someone ends the test, such as its timeout
      throw e;
    }
    if (run.failure != null) {
      throw run.failure;
    }
  }

  private static long period(ExtensionContext context) {
    DeadlockWatch settings =
        AnnotationSupport.findAnnotation(context.getElement(), DeadlockWatch.class)
            .or(() ->
                AnnotationSupport.findAnnotation(
                    context.getRequiredTestClass(),
                    DeadlockWatch.class,
                    context.getEnclosingTestClasses()))
            .orElseThrow(
                () -> new IllegalStateException("no @DeadlockWatch at " + context.getUniqueId()));
    if (settings.periodMillis() <= 0) {
      throw new IllegalArgumentException(
          "periodMillis: " + settings.periodMillis() + " (must be positive)");
    }
    return settings.periodMillis();
  }

  /** The test in its own thread. */
  private static final class Run {
    private final Invocation<Void> invocation;
    private final CountDownLatch done = new CountDownLatch(1);

    // Written by the test before it counts down, read by others after that.
    private @Nullable Throwable failure;

    Run(Invocation<Void> invocation) {
      this.invocation = requireNonNull(invocation);
    }

    @SuppressWarnings("CatchingUnchecked")
    void run() {
      try {
        invocation.proceed();
      } catch (Throwable e) { // it is thrown again by the thread that JUnit runs
        failure = e;
      } finally {
        done.countDown();
      }
    }
  }

  /** The deadlocks at one time: threads by their numbers, and what Interleave says. */
  private record Deadlocks(Set<Long> threads, Set<String> reported) {

    static Deadlocks now() {
      Set<Long> threads = new HashSet<>();
      long @Nullable [] found = ManagementFactory.getThreadMXBean().findDeadlockedThreads();
      if (found != null) {
        for (long id : found) {
          threads.add(id);
        }
      }
      return new Deadlocks(threads, new HashSet<>(RegisteredDiagnosis.deadlocks()));
    }

    /** Returns those that are not among others, as text, or null if there are none. */
    @Nullable String without(Deadlocks others) {
      Set<Long> newThreads = new HashSet<>(threads);
      newThreads.removeAll(others.threads);
      Set<String> newReported = new HashSet<>(reported);
      newReported.removeAll(others.reported);
      if (newThreads.isEmpty() && newReported.isEmpty()) {
        return null;
      }
      StringBuilder text = new StringBuilder();
      ThreadMXBean bean = ManagementFactory.getThreadMXBean();
      for (long id : newThreads) {
        ThreadInfo info = bean.getThreadInfo(id);
        text.append(System.lineSeparator()).append("  #").append(id);
        if (info != null) {
          text.append(" \"").append(info.getThreadName()).append("\" waits for ");
          text.append(info.getLockName()).append(" held by \"");
          text.append(info.getLockOwnerName()).append('"');
        }
      }
      for (String report : newReported) {
        text.append(System.lineSeparator()).append("  ").append(report);
      }
      return text.toString();
    }
  }
}
