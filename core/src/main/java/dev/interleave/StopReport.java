// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What a bounded stop found: whatever closes in this library drains, then interrupts, then
 * abandons, and says here what was still running at each step, and where.
 *
 * <p>{@link #toString()} is the whole report, with stacks, ready for a log; the components are for
 * programs. Immutable and thread-safe; no component is null.
 *
 * <p>This class may be lifted out on its own.
 *
 * @param name of what was stopped
 * @param took how long the stop took, from the call of close to this report
 * @param drained how many tasks finished by themselves during the drain
 * @param interrupted the tasks that were still running when the drain ended and that ended once
 *     they had been interrupted; seen at the moment before the interrupt
 * @param abandoned the tasks that ignored the interrupt and are running still; seen at the end
 * @param discarded how many tasks that had not begun were dropped
 */
public record StopReport(
    String name,
    Duration took,
    long drained,
    List<Running> interrupted,
    List<Running> abandoned,
    long discarded) {

  /**
   * Checks the components and copies the lists.
   *
   * @throws NullPointerException if a component or an element is null
   * @throws IllegalArgumentException if {@code took}, {@code drained} or {@code discarded} is
   *     negative
   */
  public StopReport {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(took, "took");
    interrupted = List.copyOf(Objects.requireNonNull(interrupted, "interrupted"));
    abandoned = List.copyOf(Objects.requireNonNull(abandoned, "abandoned"));
    if (took.isNegative()) {
      throw new IllegalArgumentException("took is negative: " + took);
    }
    if (drained < 0) {
      throw new IllegalArgumentException("drained is negative: " + drained);
    }
    if (discarded < 0) {
      throw new IllegalArgumentException("discarded is negative: " + discarded);
    }
  }

  /**
   * A task seen running.
   *
   * @param task its name
   * @param thread the name of the thread that ran it
   * @param ran for how long it had been running
   * @param stack where it was, innermost frame first; empty if the thread had ended or gives none
   */
  public record Running(String task, String thread, Duration ran, List<StackTraceElement> stack) {
    /**
     * Checks the components and copies the stack.
     *
     * @throws NullPointerException if a component or an element is null
     * @throws IllegalArgumentException if {@code ran} is negative
     */
    public Running {
      Objects.requireNonNull(task, "task");
      Objects.requireNonNull(thread, "thread");
      Objects.requireNonNull(ran, "ran");
      stack = List.copyOf(Objects.requireNonNull(stack, "stack"));
      if (ran.isNegative()) {
        throw new IllegalArgumentException("ran is negative: " + ran);
      }
    }

    /**
     * {@code thread} as it is now, running {@code task} for {@code ran}.
     *
     * @throws NullPointerException if an argument is null
     */
    public static Running of(String task, Thread thread, Duration ran) {
      return new Running(task, thread.getName(), ran, List.of(thread.getStackTrace()));
    }

    private void appendTo(StringBuilder out) {
      out.append("\n    ").append(task).append(" on ").append(thread);
      out.append(", running for ").append(ran);
      for (StackTraceElement frame : stack) {
        out.append("\n        at ").append(frame);
      }
    }
  }

  /** Whether everything ended: nothing was abandoned and nothing was discarded. */
  public boolean isClean() {
    return abandoned.isEmpty() && discarded == 0;
  }

  /** The whole report, one task a line with its stack below it. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    out.append(name).append(isClean() ? " stopped in " : " did not stop cleanly in ").append(took);
    out.append(": ").append(drained).append(" drained, ");
    out.append(interrupted.size()).append(" interrupted, ");
    out.append(abandoned.size()).append(" abandoned, ");
    out.append(discarded).append(" discarded");
    append(out, "ended by interrupt", interrupted);
    append(out, "still running", abandoned);
    return out.toString();
  }

  private static void append(StringBuilder out, String title, List<Running> tasks) {
    if (!tasks.isEmpty()) {
      out.append("\n  ").append(title).append(':');
      tasks.forEach(task -> task.appendTo(out));
    }
  }
}
