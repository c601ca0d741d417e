// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import org.jspecify.annotations.Nullable;

/**
 * A mirror of places that are entered and left, rather than written to: they keep what they held
 * before themselves, so saving and showing is one step.
 */
interface EnteredMirror<T> extends ContextMirror<T> {
  /**
   * Shows a value; or throws, and then nothing has changed.
   *
   * @param value what to show; null if the local is not set in the context
   * @return what {@link #restore} needs
   */
  Object enter(@Nullable T value);

  @Override
  default @Nullable Object save() {
    throw new UnsupportedOperationException("see enter");
  }

  @Override
  default void show(@Nullable T value) {
    throw new UnsupportedOperationException("see enter");
  }
}
