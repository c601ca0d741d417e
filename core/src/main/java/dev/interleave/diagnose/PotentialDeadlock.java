// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.util.List;

/**
 * Locks that were acquired in a circle, though not at the same time: what {@link LockOrder}
 * reports. It is a hint: threads that make these steps at the same time would deadlock; whether
 * they can, it does not know. Immutable and thread-safe.
 *
 * @param steps one after the other: each begins with the class at which the one before has ended,
 *     the first with that of the last; the first is the one that closed the circle
 */
public record PotentialDeadlock(List<Step> steps) {

  /**
   * A thread that held a lock of one class asked for one of another.
   *
   * @param held the class that was held
   * @param wanted the class that was asked for
   * @param thread the name of the thread that made this step first, and its id
   * @param site where, as an exception that was made there and never thrown
   */
  public record Step(String held, String wanted, String thread, Throwable site) {
    /** A step of the calling thread. */
    static Step here(String held, String wanted) {
      String thread = Owner.describe(Thread.currentThread());
      Throwable site = new Throwable(thread + " asked for " + wanted + " while it held " + held);
      String hook = LockOrder.Member.class.getName();
      List<StackTraceElement> frames = List.of(site.getStackTrace());
      int ours = 0; // the innermost frames, up to where the lock told the order
      while (ours < frames.size() && !frames.get(ours).getClassName().equals(hook)) {
        ours++;
      }
      if (ours < frames.size()) {
        site.setStackTrace(
            frames.subList(ours + 1, frames.size()).toArray(new StackTraceElement[0]));
      }
      return new Step(held, wanted, thread, site);
    }
  }

  /** Copies the list. */
  public PotentialDeadlock {
    steps = List.copyOf(steps);
  }

  /** The classes in the circle, each once. */
  public List<String> classes() {
    return steps.stream().map(Step::held).toList();
  }

  /** For people: the circle, and for each step who made it, and where. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Potential deadlock: ");
    for (Step step : steps) {
      text.append(step.held).append(" -> ");
    }
    text.append(steps.isEmpty() ? "" : steps.get(0).held);
    for (Step step : steps) {
      text.append(System.lineSeparator()).append("  ").append(step.site.getMessage());
      for (StackTraceElement frame : step.site.getStackTrace()) {
        text.append(System.lineSeparator()).append("    at ").append(frame);
      }
    }
    return text.toString();
  }
}
