// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * A task that was seen running. Immutable and thread-safe; equal by value.
 *
 * @param task its name, as given to {@link MonitoredPool#submit(String,
 *     java.util.concurrent.Callable, dev.interleave.Deadline)}, or that of the pool and a number
 * @param thread the name of the thread that runs it
 * @param age for how long it has been running; zero if it is one of those that the pool does not
 *     {@linkplain MonitoredPool.Builder#timingOneIn time}
 * @param stack where it was, innermost frame first; empty if it had just ended, or not asked for
 */
public record InFlight(String task, String thread, Duration age, List<StackTraceElement> stack) {
  /**
   * Checks the components and copies the stack.
   *
   * @throws NullPointerException if a component or an element is null
   * @throws IllegalArgumentException if {@code age} is negative
   */
  public InFlight {
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(thread, "thread");
    Objects.requireNonNull(age, "age");
    stack = List.copyOf(stack);
    if (age.isNegative()) {
      throw new IllegalArgumentException("age is negative: " + age);
    }
  }

  /** The task, its thread, its age, and the stack, one frame a line. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    out.append(task).append(" on ").append(thread).append(", running for ").append(age);
    for (StackTraceElement frame : stack) {
      out.append("\n    at ").append(frame);
    }
    return out.toString();
  }
}
