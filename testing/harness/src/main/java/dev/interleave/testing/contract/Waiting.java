// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Bounded waits for a condition that no one signals, such as "that thread is blocked now".
 *
 * <p>The state of a thread is polled, which works for platform and virtual threads alike. All
 * methods may be called from any thread.
 */
public final class Waiting {
  /**
   * Longer than any test. Not the longest time there is, which a test asks for a few times where it
   * is about that: thousands of such waits of virtual threads would sooner or later stop the JDK's
   * timer before JDK 25 ({@code Deadline.MAX_NANOS} says why).
   */
  static final long FOR_GOOD_NANOS = TimeUnit.DAYS.toNanos(1);

  private static final long FIRST_PAUSE_NANOS = 20_000;
  private static final long LONGEST_PAUSE_NANOS = 1_000_000;

  /**
   * How often in a row a thread must be seen blocked. One look could catch it on its way there, as
   * when it waits for a lock that others hold for some instructions.
   */
  private static final int LOOKS = 3;

  private Waiting() {}

  /**
   * Tells whether a thread is blocked at this moment: waiting with or without a time limit, for a
   * monitor, or in a {@link java.nio.channels.Selector}.
   *
   * @param thread the thread to look at
   * @return whether its state is {@code BLOCKED}, {@code WAITING} or {@code TIMED_WAITING}, or it
   *     is in the system's call of a selector
   */
  public static boolean isBlocked(Thread thread) {
    return switch (thread.getState()) {
      case BLOCKED, WAITING, TIMED_WAITING -> true;
      case RUNNABLE -> isSelecting(thread);
      case NEW, TERMINATED -> false;
    };
  }

  /** For the JVM it runs: in native code. */
  private static boolean isSelecting(Thread thread) {
    StackTraceElement[] stack = thread.getStackTrace();
    return stack.length > 1
        && stack[0].isNativeMethod()
        && stack[1].getClassName().startsWith("sun.nio.ch.")
        && stack[1].getClassName().endsWith("SelectorImpl");
  }

  /**
   * Waits until a thread is blocked, that is, until it has been seen {@linkplain #isBlocked(Thread)
   * blocked} several times in a row, and not because a class is being loaded or a call linked.
   *
   * @param thread the thread to look at
   * @param patience how long to wait at most
   * @throws AssertionError with the stack of the thread if it is not blocked in time
   * @throws InterruptedException if the caller is interrupted
   */
  public static void untilBlocked(Thread thread, Duration patience) throws InterruptedException {
    requireNonNull(thread, "thread");
    until(
        blocked(thread),
        patience,
        () -> "not blocked within " + patience + ": " + describe(thread));
  }

  /**
   * Waits until a condition holds.
   *
   * @param condition what must come true; polled, with growing pauses up to a millisecond
   * @param patience how long to wait at most
   * @param otherwise the message if it does not come true in time
   * @throws AssertionError with that message
   * @throws InterruptedException if the caller is interrupted
   */
  public static void until(BooleanSupplier condition, Duration patience, Supplier<String> otherwise)
      throws InterruptedException {
    requireNonNull(otherwise, "otherwise");
    if (!holdsWithin(condition, patience)) {
      throw new AssertionError(otherwise.get());
    }
  }

  /**
   * Waits until there is something, such as what a thread waits for.
   *
   * @param <T> what is looked for
   * @param source gives it, or null as long as there is none; polled as by {@link #until}
   * @param patience how long to wait at most
   * @param otherwise the message if there is none in time
   * @return the first that was seen
   * @throws AssertionError with that message
   * @throws InterruptedException if the caller is interrupted
   */
  public static <T> T untilPresent(
      Supplier<? extends @Nullable T> source, Duration patience, Supplier<String> otherwise)
      throws InterruptedException {
    AtomicReference<@Nullable T> seen = new AtomicReference<>();
    until(
        () -> {
          seen.set(source.get());
          return seen.get() != null;
        },
        patience,
        otherwise);
    return requireNonNull(seen.get());
  }

  /** Returns a condition that holds once the thread has been seen blocked {@link #LOOKS} times. */
  static BooleanSupplier blocked(Thread thread) {
    int[] looks = {0};
    return () -> {
      looks[0] = isBlocked(thread) ? looks[0] + 1 : 0;
      return looks[0] >= LOOKS && !isLoadingClasses(thread);
    };
  }

  /** Threads that need the same class at once wait for one of them to load it. */
  private static boolean isLoadingClasses(Thread thread) {
    for (StackTraceElement frame : thread.getStackTrace()) {
      String name = frame.getClassName();
      if (name.equals("java.lang.ClassLoader")
          || name.equals("java.lang.invoke.MethodHandleNatives")
          || name.startsWith("jdk.internal.loader.")) {
        return true;
      }
    }
    return false;
  }

  static boolean holdsWithin(BooleanSupplier condition, Duration patience)
      throws InterruptedException {
    long start = System.nanoTime();
    long limit = nanos(patience);
    long pause = FIRST_PAUSE_NANOS;
    while (!condition.getAsBoolean()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (System.nanoTime() - start >= limit) {
        return false;
      }
      LockSupport.parkNanos(pause);
      pause = Math.min(pause + pause / 2, LONGEST_PAUSE_NANOS);
    }
    return true;
  }

  /** Returns the nanoseconds of a duration, or {@code Long.MAX_VALUE} for one of 292 years. */
  static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException tooLong) {
      return duration.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /** Returns name, state and stack of a thread, one line each. */
  static String describe(Thread thread) {
    StringBuilder text = new StringBuilder(256);
    text.append('"').append(thread.getName()).append("\" ");
    text.append(thread.isVirtual() ? "virtual " : "").append(thread.getState());
    for (StackTraceElement frame : thread.getStackTrace()) {
      text.append(System.lineSeparator()).append("    at ").append(frame);
    }
    return text.toString();
  }
}
