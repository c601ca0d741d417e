// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import dev.interleave.Deadline;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What examples check themselves with: a failed expectation says what was expected. */
public final class Expect {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Expect() {}

  /**
   * Fails unless both are equal.
   *
   * @throws AssertionError if they are not
   */
  public static void equal(String what, @Nullable Object expected, @Nullable Object actual) {
    if (!Objects.equals(expected, actual)) {
      throw new AssertionError(what + ": expected " + expected + ", but was " + actual);
    }
  }

  /**
   * Fails if there is nothing.
   *
   * @return the value
   * @throws AssertionError if it is null
   */
  public static <T> T present(String what, @Nullable T value) {
    if (value == null) {
      throw new AssertionError(what + ": expected, but missing");
    }
    return value;
  }

  /**
   * Fails unless the text has the part.
   *
   * @throws AssertionError if it has not, or is null
   */
  public static void contains(String part, @Nullable String text) {
    if (text == null || !text.contains(part)) {
      throw new AssertionError("expected to find \"" + part + "\" in: " + text);
    }
  }

  /**
   * Fails unless the condition holds.
   *
   * @throws AssertionError if it does not
   */
  public static void that(String what, boolean holds) {
    if (!holds) {
      throw new AssertionError("expected, but not so: " + what);
    }
  }

  /**
   * Waits until the condition holds, which it should soon.
   *
   * @throws AssertionError if it does not within 30 seconds
   * @throws InterruptedException if the calling thread is interrupted
   */
  public static void soon(String what, BooleanSupplier condition) throws InterruptedException {
    Deadline deadline = Deadline.after(PATIENCE);
    while (!condition.getAsBoolean()) {
      if (deadline.isExpired()) {
        throw new AssertionError("not so within " + PATIENCE.toSeconds() + " s: " + what);
      }
      Thread.sleep(1); // the pace of looking, no proof of anything
    }
  }

  /**
   * Fails unless the action throws an exception of the type.
   *
   * @return the exception
   * @throws AssertionError if it throws none, or another one, which is the cause
   */
  public static <X extends Throwable> X thrown(Class<X> type, Callable<?> action) {
    Object returned;
    try {
      returned = action.call();
    } catch (Throwable e) {
      if (type.isInstance(e)) {
        return type.cast(e);
      }
      throw new AssertionError("expected a " + type.getSimpleName() + ", but caught " + e, e);
    }
    throw new AssertionError("expected a " + type.getSimpleName() + ", but got " + returned);
  }
}
