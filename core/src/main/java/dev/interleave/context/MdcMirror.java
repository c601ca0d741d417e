// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.spi.MDCAdapter;

/**
 * A mirror in a field of the MDC.
 *
 * @param mdc asked each time: SLF4J may still be looking for its provider when the mirror is made
 */
record MdcMirror<T>(
    Supplier<MDCAdapter> mdc, String key, Function<? super T, ? extends @Nullable String> text)
    implements ContextMirror<T> {
  @Override
  public @Nullable Object save() {
    return mdc.get().get(key);
  }

  @Override
  public void show(@Nullable T value) {
    put(value == null ? null : text.apply(value));
  }

  @Override
  public void restore(@Nullable Object saved) {
    put((String) saved);
  }

  private void put(@Nullable String shown) {
    if (shown == null) {
      mdc.get().remove(key);
    } else {
      mdc.get().put(key, shown);
    }
  }
}
