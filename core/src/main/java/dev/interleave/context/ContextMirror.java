// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A place of each thread, outside of the context, that is to show the value of a {@link
 * ContextLocal}: a {@code ThreadLocal} of older code, a field of a logging framework.
 *
 * <p>Whenever the context of a thread is exchanged for one in which the local has another value,
 * its mirror is told, by that thread: first {@link #save()}, then {@link #show}; and when the
 * former context is back, {@link #restore} with what was saved. So what the place held before, from
 * whatever source, is there again afterwards. A switch between two contexts with the same value
 * does not touch it, nor does a switch between contexts in which no local with a mirror is set.
 *
 * <p>Implementations are thread-safe, quick, and neither block nor switch the context. What {@code
 * save} and {@code show} throw goes to whoever wanted to enter the context, which has then not been
 * entered; what {@code restore} throws is logged, since nobody could do anything about it.
 *
 * @param <T> the value
 */
public interface ContextMirror<T> {
  /** What the place of this thread holds now, for {@link #restore}; may be null. */
  @Nullable Object save();

  /**
   * Shows a value.
   *
   * @param value what to show; null if the local is not set in the context
   */
  void show(@Nullable T value);

  /**
   * Puts back what {@link #save()} returned, on the same thread.
   *
   * @param saved what was saved
   */
  void restore(@Nullable Object saved);

  /**
   * The mirror in a {@code ThreadLocal}, which older code goes on to read. Where the local is not
   * set the thread-local is removed, so that it has its initial value.
   */
  static <T> ContextMirror<T> of(ThreadLocal<T> place) {
    Objects.requireNonNull(place, "place");
    return new ThreadLocalMirror<>(place);
  }
}
