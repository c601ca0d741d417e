// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.util.Arrays;
import java.util.List;

/**
 * Stacks for reports. A thread that has entered the registry and looks for deadlocks, or that makes
 * a report while it does, is shown as if it waited already: without the frames of those who look.
 */
final class Stacks {
  private static final String REGISTRY = Waits.class.getName();
  private static final String WAIT = Wait.class.getName();

  private Stacks() {}

  /** Where {@code thread} is; empty if it has ended. */
  static List<StackTraceElement> of(Thread thread) {
    return List.of(withoutLook(thread.getStackTrace()));
  }

  /**
   * The frames from the one that called the registry on; all if the registry is not at work. Of
   * several calls the innermost counts: whatever waits now, waits there.
   */
  static StackTraceElement[] withoutLook(StackTraceElement[] stack) {
    for (int i = 0; i < stack.length; i++) {
      if (beginsToWait(stack[i])) {
        return Arrays.copyOfRange(stack, i + 1, stack.length);
      }
    }
    return stack;
  }

  private static boolean beginsToWait(StackTraceElement frame) {
    String method = frame.getMethodName();
    return switch (method) {
      case "enter" -> frame.getClassName().equals(REGISTRY);
      case "check", "goOn" -> frame.getClassName().equals(WAIT);
      default -> false;
    };
  }
}
