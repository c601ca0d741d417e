// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.channel.SharedService.Applied;
import dev.interleave.ipc.channel.SharedService.Bytes;
import dev.interleave.ipc.channel.SharedService.Element;
import dev.interleave.ipc.channel.SharedService.Op;
import dev.interleave.ipc.channel.SharedService.Pair;
import dev.interleave.ipc.channel.SharedService.Step;
import dev.interleave.ipc.rpc.Coder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A map at a {@link SharedObjectsHost}. Each method but {@link #compute} is one call, and atomic.
 * What they throw, and all else, is as {@link SharedObjects} says.
 */
public final class SharedMap<K, V> {
  final SharedObjects objects;
  final String name;
  private final Coder<K> keys;
  private final Coder<V> values;

  SharedMap(SharedObjects objects, String name, Coder<K> keys, Coder<V> values) {
    this.objects = objects;
    this.name = name;
    this.keys = keys;
    this.values = values;
  }

  /** The value of a key; null if there is none. */
  public @Nullable V get(K key) {
    return value(objects.read(name, bytes(key)));
  }

  /** The value of a key, and its version, for {@link #replace}; null if there is none. */
  public @Nullable VersionedValue<V> getVersioned(K key) {
    Element element = objects.read(name, bytes(key));
    V value = value(element);
    return value == null ? null : new VersionedValue<>(value, element.version());
  }

  /** Sets the value of a key; returns the one before, or null if there was none. */
  public @Nullable V put(K key, V value) {
    return value(objects.change(Op.PUT, name, bytes(key), 0, encoded(value)));
  }

  /** Sets the value of a key that has none; returns the one it has, and null if it had none. */
  public @Nullable V putIfAbsent(K key, V value) {
    Applied result = objects.changeIf(0, step(Op.PUT, key, encoded(value)));
    return result.done() ? null : value(result.elements().get(0));
  }

  /** Sets the value of a key if it still has that version; false if it was changed or removed. */
  public boolean replace(K key, long version, V value) {
    return objects.changeIf(positive(version), step(Op.PUT, key, encoded(value))).done();
  }

  /** Removes a key; returns its value, or null if there was none. */
  public @Nullable V remove(K key) {
    return value(objects.change(Op.REMOVE, name, bytes(key), 0, null));
  }

  /** Removes a key if its value still has that version; false if it was changed or removed. */
  public boolean remove(K key, long version) {
    return objects.changeIf(positive(version), step(Op.REMOVE, key, null)).done();
  }

  /**
   * Replaces a value by what a function makes of it, by {@link SharedObjects#atomically}: the
   * function may run many times.
   *
   * @param function gets null if there is no value; returns null to remove the key
   * @return the new value; null if there is none
   */
  public @Nullable V compute(
      Deadline deadline, K key, Function<@Nullable V, ? extends @Nullable V> function) {
    Objects.requireNonNull(function, "function");
    return objects.<@Nullable V>atomically(
        deadline,
        tx -> {
          V next = function.apply(tx.get(this, key));
          if (next == null) {
            tx.remove(this, key);
          } else {
            tx.put(this, key, next);
          }
          return next;
        });
  }

  /** How many keys there are. */
  public int size() {
    return objects.size(name);
  }

  /** Removes all; returns how many keys there were. */
  public int clear() {
    return (int) objects.change(Op.CLEAR, name, Bytes.NONE, 0, null).number();
  }

  /** All keys and values at one moment, in no particular order; unmodifiable. */
  public Map<K, V> snapshot() {
    Map<K, V> all = new LinkedHashMap<>();
    for (Pair pair : objects.content(name)) {
      all.put(decoded(keys, pair.key()), decoded(values, pair.value()));
    }
    return Collections.unmodifiableMap(all);
  }

  /** The name, and those of both sides. */
  @Override
  public String toString() {
    return "SharedMap[" + name + " of " + objects + ']';
  }

  // ------------------------------------------------------------------ for transactions

  Bytes bytes(K key) {
    return new Bytes(keys.toBytes(Objects.requireNonNull(key, "key")));
  }

  byte[] encoded(V value) {
    return values.toBytes(Objects.requireNonNull(value, "value"));
  }

  @Nullable V value(Element element) {
    Bytes value = element.value();
    return value == null ? null : decoded(values, value);
  }

  private Step step(Op op, K key, byte @Nullable [] value) {
    return new Step(op, name, bytes(key), 0, value == null ? null : new Bytes(value));
  }

  static long positive(long version) {
    if (version < 1) {
      throw new IllegalArgumentException("no element has the version " + version);
    }
    return version;
  }

  static <T> T decoded(Coder<T> coder, Bytes bytes) {
    return Objects.requireNonNull(coder.fromBytes(bytes.bytes()), "what was put");
  }
}
