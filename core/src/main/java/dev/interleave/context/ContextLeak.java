// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A context that somebody opened and did not close.
 *
 * @param task the call or task at whose end it was still open, and was ended; null if the guard was
 *     lost outside of any call, where nobody could end it
 * @param thread the name of the thread that has opened it
 * @param threadId the number of that thread
 * @param locals what it had left behind: names and values of the locals that it had changed, with
 *     secrets masked
 * @param opened where it was opened; null if this one was not sampled
 */
public record ContextLeak(
    @Nullable String task,
    String thread,
    long threadId,
    List<String> locals,
    @Nullable Throwable opened) {
  /** Copies the list. */
  public ContextLeak {
    locals = List.copyOf(locals);
  }

  /** All of it in one line, but for the stack of the opening. */
  @Override
  public String toString() {
    return "context left open "
        + (task == null ? "outside of any call" : "by " + task)
        + " in thread \""
        + thread
        + "\" (id "
        + threadId
        + "): "
        + String.join(", ", locals);
  }
}
