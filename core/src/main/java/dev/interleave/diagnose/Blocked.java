// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * A thread that waits, as seen at one moment. Immutable and thread-safe; equal by value.
 *
 * @param thread who waits
 * @param threadName its name; empty for an unnamed virtual thread
 * @param resource the name of what it waits for
 * @param kind what that is, such as {@code lock}
 * @param wants what it wants of it, such as {@code WRITE}
 * @param exit how the wait can be ended
 * @param sinceNanos when the wait began, as {@link System#nanoTime()} had it
 * @param waited how long it had lasted when this was seen
 * @param owners who could let it go on
 * @param stack where it waits, or is about to, from the call that entered the registry on; empty if
 *     not asked for, or if the thread has ended meanwhile
 */
public record Blocked(
    Thread thread,
    String threadName,
    String resource,
    String kind,
    String wants,
    Wait.Exit exit,
    long sinceNanos,
    Duration waited,
    Owners owners,
    List<StackTraceElement> stack) {

  /**
   * Checks the components and copies the list.
   *
   * @throws NullPointerException if a component or an element is null
   */
  public Blocked {
    Objects.requireNonNull(thread, "thread");
    Objects.requireNonNull(threadName, "threadName");
    Objects.requireNonNull(resource, "resource");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(wants, "wants");
    Objects.requireNonNull(exit, "exit");
    Objects.requireNonNull(waited, "waited");
    Objects.requireNonNull(owners, "owners");
    stack = List.copyOf(stack);
  }

  static Blocked of(Wait wait, Owners owners, boolean withStack) {
    Thread thread = wait.thread();
    return new Blocked(
        thread,
        thread.getName(),
        wait.resource().name(),
        wait.resource().kind(),
        wait.wants(),
        wait.exit(),
        wait.sinceNanos(),
        wait.waited(),
        owners,
        withStack ? Stacks.of(thread) : List.of());
  }

  /** {@link Thread#threadId()}. */
  public long threadId() {
    return thread.threadId();
  }

  /** Whether it is a virtual thread. */
  public boolean virtual() {
    return thread.isVirtual();
  }

  /** What stays the same for as long as the wait lasts: no times, no stack. */
  String summary() {
    return Owner.describe(threadName, threadId(), virtual())
        + " waits for "
        + kind
        + ' '
        + resource
        + " ("
        + wants
        + (exit == Wait.Exit.TIMEOUT ? ", timed)" : ")")
        + held();
  }

  private String held() {
    return switch (owners.need()) {
      case ANYONE -> "";
      case ANY -> ", for any of " + owners.list();
      case ALL ->
          switch (owners.list().size()) {
            case 0 -> ", which nobody holds at this moment";
            case 1 -> ", held for " + owners.list().getFirst();
            default -> ", held for " + owners.list();
          };
    };
  }

  /** One line: who waits for what, for how long, and who is in the way. */
  @Override
  public String toString() {
    return summary() + ", for " + waited;
  }
}
