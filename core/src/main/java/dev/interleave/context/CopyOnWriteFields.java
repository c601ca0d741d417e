// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.AbstractMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A map that is a copy as far as anybody can tell, and is made one by the first who writes to it.
 * Not thread-safe.
 */
final class CopyOnWriteFields extends AbstractMap<String, String> {
  private Map<String, String> fields;
  private boolean copied;

  /** Takes a map that does not change. */
  CopyOnWriteFields(Map<String, String> shared) {
    fields = shared;
  }

  private Map<String, String> own() {
    if (!copied) {
      fields = new HashMap<>(fields);
      copied = true;
    }
    return fields;
  }

  @Override
  public @Nullable String get(@Nullable Object key) {
    return fields.get(key);
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return fields.containsKey(key);
  }

  @Override
  public int size() {
    return fields.size();
  }

  @Override
  public @Nullable String put(String key, String value) {
    return own().put(key, value);
  }

  @Override
  public @Nullable String remove(@Nullable Object key) {
    return own().remove(key);
  }

  @Override
  public void clear() {
    own().clear();
  }

  /** For reading, until something was written by another method. */
  @Override
  public Set<Entry<String, String>> entrySet() {
    return fields.entrySet();
  }
}
