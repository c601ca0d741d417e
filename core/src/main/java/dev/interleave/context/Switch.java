// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a thread gets from one context into another and back. The first half of each way is short
 * enough to be inlined wherever it is used; contexts are as they are installed, null for the empty
 * one.
 *
 * <p>Where the current context is kept was chosen by these figures: nanoseconds for reading a
 * value, and for running a task elsewhere, of bare models in one run on JDK 25, where {@code
 * ThreadLocal.get} took 1.63 and {@code ScopedValue.get} 1.40.
 *
 * <ul>
 *   <li>The thread-local has the context, a field for each of the first values: 2.15, 6.0. This
 *       one.
 *   <li>It has an array of values, by the number of the local: 2.61. One more load, and a check.
 *   <li>It has a holder of its own that is written to: 2.46, 4.3; as an array of one, a class that
 *       holds no loader: 2.95, 4.4. Quicker to switch, slower to read, an object more for each of a
 *       hundred thousand threads, and one that stays with the threads of a pool.
 *   <li>A table of cells by the number of the thread, each taken by one platform thread for life,
 *       and a thread-local for all others: 1.39, 2.8. As quick as a scoped value; but then the
 *       context of a thread that has ended stays where a scope was not closed, cells have to be
 *       taken from the dead, and virtual threads, which cannot have one each, look in both places.
 * </ul>
 *
 * <p>Of locals without a field, of which ten are set: in the table, 3.55; in an array by their
 * number, 2.86, for an array as long as the greatest number in each context.
 *
 * <p>What is asked of a context on the way was chosen by these: nanoseconds for capturing, wrapping
 * and running a task where it was wrapped, the median of seven JVMs of each in turn, where
 * OpenTelemetry took 3.39. Two reads of a thread-local are most of it, and cannot be avoided: the
 * task may run anywhere. In some JVMs it takes 9, whichever of these is used: the place of the one
 * thread-local in the table of the thread was taken by another one, and each read of it looks there
 * first. With such a one set on purpose six JVMs in turn took 3.9, 3.9, 3.9 without and 10.4, 8.9,
 * 9.5 with it. It depends on how many thread-locals the program made before, and no code of ours
 * can know. That there is but one of ours makes it seldom.
 *
 * <ul>
 *   <li>A field says whether a task gets the context as it is, the empty one becomes null when it
 *       is captured, and a static field says whether there ever was a scope: 3.50.
 *   <li>The empty one becomes null where a task runs elsewhere, see {@link WrappedRunnable}: 3.33.
 *   <li>The class of a context says whether a task gets it as it is, so that the cast and that
 *       question are one comparison, see {@link Context#isShared}: 3.28. With the former: 3.18.
 *       This one.
 *   <li>A call site whose target is a constant, and is changed by the first scope: 3.30, with both
 *       of the former 2.98. A method handle in the way of every task, slow until it is compiled,
 *       and slower for good where programs are compiled beforehand.
 *   <li>A field of the context that a scope was opened in, so that only those who return to it have
 *       to look: 3.29 with both of the former. It is one load as well, of what is not as near.
 * </ul>
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

  /** What is current, to be compared with what is to come. */
  static @Nullable Object current() {
    return SLOT.get();
  }

  /**
   * Runs something in a context. As entering and leaving it, but where it is current already, which
   * is the quicker way to the same, there is nothing to be compared again afterwards.
   *
   * <p>{@link WrappedRunnable} has the same in lines of its own: what the compiler knows of the
   * classes of tasks it knows by line, and a thread that runs in a context by a call usually runs
   * wrapped tasks in there.
   */
  static void run(@Nullable Context mine, Runnable task) {
    Object before = SLOT.get();
    if (before == mine) {
      try {
        task.run();
      } finally {
        stay(mine, task);
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

  /**
   * Makes a context current that is not.
   *
   * @return what {@link #leave} needs
   */
  @SuppressWarnings("ReferenceEquality") // contexts that show the same share one object
  static @Nullable Object change(@Nullable Context before, @Nullable Context next) {
    Mirrors shown = before == null ? null : before.mirrors;
    Mirrors toShow = next == null ? null : next.mirrors;
    if (shown != toShow) {
      return MirroredSwitch.enter(before, next);
    }
    Context.CURRENT.set(next);
    return before;
  }

  /**
   * What {@link #leave} is where nothing was changed.
   *
   * @param mine what is current
   * @param task whom to blame for scopes that were left open
   */
  static void stay(@Nullable Context mine, Object task) {
    if (Scope.used) {
      List<Scope> left = Scope.endLeftBehind(mine);
      if (left != null) {
        Scope.report(left, task);
      }
    }
  }

  /**
   * Makes current what was so before.
   *
   * @param mine what was entered
   * @param before what entering returned
   * @param task whom to blame for scopes that were left open; told only when all is restored, since
   *     what is called then may fail
   */
  static void leave(@Nullable Context mine, @Nullable Object before, Object task) {
    if (Scope.used) {
      leaveAndLook(mine, before, task);
    } else if (before != mine) {
      back(before);
    }
  }

  private static void leaveAndLook(@Nullable Context mine, @Nullable Object before, Object task) {
    List<Scope> left = Scope.endLeftBehind(mine);
    if (before != mine) {
      back(before);
    }
    if (left != null) {
      Scope.report(left, task);
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
