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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
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

  @Override
  public <T extends @Nullable Object> T interceptTestFactoryMethod(
      Invocation<T> invocation,
      ReflectiveInvocationContext<Method> invocationContext,
      ExtensionContext context)
      throws Throwable {
    return watch(invocation, context);
  }

  @Override
  public void interceptDynamicTest(
      Invocation<Void> invocation,
      DynamicTestInvocationContext invocationContext,
      ExtensionContext context)
      throws Throwable {
    watch(invocation, context);
  }

  private static <T extends @Nullable Object> T watch(
      Invocation<T> invocation, ExtensionContext context) throws Throwable {
    long period = period(context);
    Deadlocks before = Deadlocks.now();
    Run<T> run = new Run<>(invocation);
    Thread thread =
        Thread.ofPlatform()
            .daemon()
            .name(Thread.currentThread().getName() + "-watched")
            .start(run::run);
    try {
      boolean over = false;
      while (!over) {
        over = run.done.await(period, TimeUnit.MILLISECONDS);
        before.checkNoOther(context.getDisplayName()); // once more when it is over
      }
    } catch (Throwable e) { // a deadlock; or someone ends the test, such as its timeout
      end(thread, run, e);
      throw e;
    }
    return run.result();
  }

  /** Interrupts the test, and gives it a moment to end, and to tell how. */
  @SuppressWarnings("ReferenceEquality") // a throwable cannot suppress itself
  private static void end(Thread thread, Run<?> run, Throwable why) {
    thread.interrupt();
    try {
      boolean over = run.done.await(LAST_CHANCE_MILLIS, TimeUnit.MILLISECONDS);
      if (over && run.failure != null && run.failure != why) {
        why.addSuppressed(run.failure);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long period(ExtensionContext context) {
    DeadlockWatch settings =
        find(Optional.of(context))
            .orElseThrow(
                () -> new IllegalStateException("no @DeadlockWatch at " + context.getUniqueId()));
    if (settings.periodMillis() <= 0) {
      throw new IllegalArgumentException(
          "periodMillis: " + settings.periodMillis() + " (must be positive)");
    }
    return settings.periodMillis();
  }

  /** At a dynamic test there is none: it is where the factory is, some levels up. */
  private static Optional<DeadlockWatch> find(Optional<ExtensionContext> at) {
    return at.flatMap(context ->
        AnnotationSupport.findAnnotation(context.getElement(), DeadlockWatch.class)
            .or(() ->
                context
                    .getTestClass()
                    .flatMap(type ->
                        AnnotationSupport.findAnnotation(
                            type, DeadlockWatch.class, context.getEnclosingTestClasses())))
            .or(() -> find(context.getParent())));
  }

  /** The test in its own thread. */
  private static final class Run<T extends @Nullable Object> {
    private final Invocation<T> invocation;
    private final CountDownLatch done = new CountDownLatch(1);

    // Written by the test before it counts down, read by others after that.
    private @Nullable T returned;
    private @Nullable Throwable failure;

    Run(Invocation<T> invocation) {
      this.invocation = requireNonNull(invocation);
    }

    @SuppressWarnings("CatchingUnchecked")
    void run() {
      try {
        returned = invocation.proceed();
      } catch (Throwable e) { // it is thrown again by the thread that JUnit runs
        failure = e;
      } finally {
        done.countDown();
      }
    }

    @SuppressWarnings("NullAway") // null if the invocation returned it
    T result() throws Throwable {
      if (failure != null) {
        throw failure;
      }
      return returned;
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

    /** Fails with a dump if there are others now. */
    void checkNoOther(String test) {
      String found = now().without(this);
      // Whoever looks may meet threads that are about to go on: what is true stays true.
      if (found != null && now().without(this) != null) {
        throw new AssertionError(
            "deadlock in "
                + test
                + ": "
                + found
                + System.lineSeparator()
                + ThreadDump.withDiagnosis());
      }
    }

    /** Returns those that are not among others, as text, or null if there are none. */
    private @Nullable String without(Deadlocks others) {
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
