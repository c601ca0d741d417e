// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import org.jspecify.annotations.Nullable;

/** A mirror in a thread-local. Null, which a thread-local can hold as well, counts as not set. */
record ThreadLocalMirror<T>(ThreadLocal<T> place) implements ContextMirror<T> {
  @Override
  public @Nullable Object save() {
    return place.get();
  }

  @Override
  public void show(@Nullable T value) {
    if (value == null) {
      place.remove();
    } else {
      place.set(value);
    }
  }

  @Override
  @SuppressWarnings("unchecked") // it is what save() returned
  public void restore(@Nullable Object saved) {
    show((T) saved);
  }
}
