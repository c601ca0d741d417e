// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import org.jspecify.annotations.Nullable;

/**
 * How a thread gets from one context into another and back. The first half of each way is short
 * enough to be inlined wherever it is used; contexts are as they are installed, null for the empty
 * one.
 */
final class Switch {
  /** The same, read without a cast: what is compared with what is to come need not be one. */
  private static final ThreadLocal<?> SLOT = Context.CURRENT;

  private Switch() {}

  /**
   * Makes a context current.
   *
   * @return what {@link #leave} needs
   */
  static @Nullable Object enter(@Nullable Context next) {
    Object before = SLOT.get();
    return before == next ? before : change((Context) before, next);
  }

  /**
   * Runs something in a context. As entering and leaving it, but where it is current already, which
   * is the quicker way to the same, there is nothing to be compared again afterwards.
   */
  static void run(@Nullable Context mine, Runnable task) {
    Object before = SLOT.get();
    if (before == mine) {
      try {
        task.run();
      } finally {
        if (Scope.used) {
          Scope.endLeftBehind(mine, task);
        }
      }
    } else {
      runElsewhere((Context) before, mine, task);
    }
  }

  private static void runElsewhere(
      @Nullable Context current, @Nullable Context mine, Runnable task) {
    Object before = change(current, mine);
    try {
      task.run();
    } finally {
      leave(mine, before, task);
    }
  }

  @SuppressWarnings("ReferenceEquality") // contexts that show the same share one object
  private static @Nullable Object change(@Nullable Context before, @Nullable Context next) {
    Mirrors shown = before == null ? null : before.mirrors;
    Mirrors toShow = next == null ? null : next.mirrors;
    if (shown != toShow) {
      return MirroredSwitch.enter(before, next);
    }
    Context.CURRENT.set(next);
    return before;
  }

  /**
   * Makes current what was so before.
   *
   * @param mine what was entered
   * @param before what entering returned
   * @param task whom to blame for scopes that were left open
   */
  static void leave(@Nullable Context mine, @Nullable Object before, Object task) {
    if (Scope.used) {
      Scope.endLeftBehind(mine, task);
    }
    if (before != mine) {
      back(before);
    }
  }

  /** Undoes an {@link #enter} that returned this. */
  static void back(@Nullable Object before) {
    if (before instanceof MirroredSwitch mirrored) {
      mirrored.back();
    } else {
      Context.CURRENT.set((Context) before);
    }
  }
}
