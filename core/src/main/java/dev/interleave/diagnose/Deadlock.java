// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.util.List;
import java.util.Objects;

/**
 * Threads that wait for each other, so that none of them can ever go on; or one that waits for a
 * thread that has ended.
 *
 * <p>It was proven at one moment: each of the threads was waiting then, and those in its way were
 * these. They still are, unless one of the waits was ended from outside.
 *
 * <p>Immutable and thread-safe; equal by value.
 *
 * @param threads those that form the cycle, each waiting for the next one where there is but one
 *     cycle, beginning with the lowest thread id; at least one
 * @param behind those that wait for them without being part of it; only as many as were looked at:
 *     {@link DeadlockDetector#scan} looks at all
 */
public record Deadlock(List<Blocked> threads, List<Blocked> behind) {
  private static final int LISTED = 16;

  /**
   * Checks the components and copies the lists.
   *
   * @throws NullPointerException if a component or an element is null
   * @throws IllegalArgumentException if there are no {@code threads}
   */
  public Deadlock {
    threads = List.copyOf(threads);
    behind = List.copyOf(behind);
    if (threads.isEmpty()) {
      throw new IllegalArgumentException("threads is empty");
    }
  }

  /** Whether {@code thread} is one of those that form the cycle. */
  public boolean contains(Thread thread) {
    Objects.requireNonNull(thread, "thread");
    return threads.stream().anyMatch(blocked -> blocked.thread() == thread);
  }

  /**
   * In one line, and the same for as long as the deadlock lasts: who waits for what, held by whom;
   * without times and stacks.
   */
  public String summary() {
    StringBuilder out = new StringBuilder(title());
    String separator = ": ";
    for (Blocked blocked : threads) {
      out.append(separator).append(blocked.summary());
      separator = "; ";
    }
    return out.toString();
  }

  private String title() {
    return threads.size() == 1
        ? "Deadlock of 1 thread"
        : "Deadlock of " + threads.size() + " threads";
  }

  /**
   * The whole report, in several lines: each thread with what it waits for, since when, who holds
   * that, where that was acquired if it is known, and its stack; then who waits behind them.
   */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(title());
    for (Blocked blocked : threads) {
      out.append("\n  ").append(blocked);
      for (Owner owner : blocked.owners().list()) {
        describe(owner, out);
      }
      for (StackTraceElement frame : blocked.stack()) {
        out.append("\n    at ").append(frame);
      }
    }
    if (!behind.isEmpty()) {
      out.append("\n  ").append(behind.size());
      out.append(behind.size() == 1 ? " more waits behind them" : " more wait behind them");
      behind.stream().limit(LISTED).forEach(more -> out.append("\n    ").append(more.summary()));
      if (behind.size() > LISTED) {
        out.append("\n    and ").append(behind.size() - LISTED).append(" more");
      }
    }
    return out.toString();
  }

  private static void describe(Owner owner, StringBuilder out) {
    Throwable site = owner.site();
    if (site != null) {
      out.append("\n    acquired by ");
      out.append(Owner.describe(owner.threadName(), owner.threadId(), owner.virtual()));
      for (StackTraceElement frame : site.getStackTrace()) {
        out.append("\n      at ").append(frame);
      }
    }
  }
}
