// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.spi.MDCAdapter;

/** Shows the fields of the current context before those of another adapter, which it writes to. */
final class ContextMdcAdapter implements MDCAdapter {
  private final MDCAdapter other;
  private final List<LogField<?>> fields;

  ContextMdcAdapter(MDCAdapter other, List<LogField<?>> fields) {
    this.other = other;
    this.fields = fields;
  }

  /** What an adapter has made of a context, which keeps it: immutable, and published as such. */
  private record Fields(ContextMdcAdapter by, Map<String, String> map) {}

  /** The fields of the current context. */
  private Map<String, String> current() {
    Context current = Context.CURRENT.get();
    if (current == null) {
      return Map.of();
    }
    Context origin = current.origin;
    return origin.logFields instanceof Fields made && made.by == this ? made.map : make(origin);
  }

  private Map<String, String> make(Context context) {
    Map<String, String> map = new LinkedHashMap<>();
    fields.forEach(field -> field.put(context, map));
    Fields made = new Fields(this, Collections.unmodifiableMap(map));
    context.logFields = made;
    return made.map;
  }

  @Override
  public @Nullable String get(String key) {
    String value = current().get(key);
    return value == null ? other.get(key) : value;
  }

  @Override
  public @Nullable Map<String, String> getCopyOfContextMap() {
    Map<String, String> ours = current();
    Map<String, String> theirs = other.getCopyOfContextMap();
    if (ours.isEmpty()) {
      return theirs;
    }
    if (theirs == null || theirs.isEmpty()) {
      return new CopyOnWriteFields(ours);
    }
    Map<String, String> all = new HashMap<>(theirs);
    all.putAll(ours);
    return all;
  }

  @Override
  public void put(String key, String value) {
    other.put(key, value);
  }

  @Override
  public void remove(String key) {
    other.remove(key);
  }

  @Override
  public void clear() {
    other.clear();
  }

  @Override
  public void setContextMap(Map<String, String> map) {
    other.setContextMap(map);
  }

  @Override
  public void pushByKey(String key, String value) {
    other.pushByKey(key, value);
  }

  @Override
  public @Nullable String popByKey(String key) {
    return other.popByKey(key);
  }

  @Override
  public @Nullable Deque<String> getCopyOfDequeByKey(String key) {
    return other.getCopyOfDequeByKey(key);
  }

  @Override
  public void clearDequeByKey(String key) {
    other.clearDequeByKey(key);
  }
}
