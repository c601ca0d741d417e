// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import org.jspecify.annotations.Nullable;

/** Fails when it is to show a value, or to restore one. */
record FailingMirror(boolean onShow, boolean onRestore) implements ContextMirror<Object> {
  @Override
  public @Nullable Object save() {
    return null;
  }

  @Override
  public void show(@Nullable Object value) {
    if (onShow) {
      throw new IllegalStateException("expected");
    }
  }

  @Override
  public void restore(@Nullable Object saved) {
    if (onRestore) {
      throw new IllegalStateException("expected");
    }
  }
}
