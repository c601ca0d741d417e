// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import org.jspecify.annotations.Nullable;

/** How this package names a thread in every message. */
final class Threads {
  private Threads() {}

  static String describe(Thread thread) {
    String name = thread.getName();
    return (thread.isVirtual() ? "virtual thread " : "thread ")
        + (name.isEmpty() ? "" : '"' + name + "\" ")
        + "(id "
        + thread.threadId()
        + ')';
  }

  /** What a thread is to be blamed for: the innermost frame that is not the JDK's. */
  static @Nullable StackTraceElement place(Iterable<StackTraceElement> stack) {
    for (StackTraceElement frame : stack) {
      String type = frame.getClassName();
      if (!type.startsWith("java.") && !type.startsWith("jdk.") && !type.startsWith("sun.")) {
        return frame;
      }
    }
    return null;
  }
}
