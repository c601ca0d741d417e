// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lock;

import dev.interleave.lock.BiasedReadWriteLock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A bounded map guarded by a read-write lock, with statistics that are exact.
 *
 * <p>When full, it evicts the entry that was put first. Not the one used least recently: keeping
 * that order would make every {@link #get} a write.
 *
 * <p>Thread-safe; each method is atomic. Keys and values must not be null, so {@code null} as a
 * result always means that there is no entry.
 */
final class GuardedCache<K, V> {
  private final BiasedReadWriteLock lock;
  private final int maxSize;
  private final Map<K, V> entries = new LinkedHashMap<>();

  // Counted by readers, several at a time: a plain long would lose counts.
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  // Counted by writers, one at a time: guarded by the lock.
  private long writes;
  private long deletes;
  private long evictions;

  /**
   * What a cache has done so far; reads are hits and misses together, deletes count the entries
   * that were removed on purpose, evictions those that had to make room.
   */
  record Stats(long hits, long misses, long writes, long deletes, long evictions, int size) {
    long reads() {
      return hits + misses;
    }

    /** Hits per read in percent, {@code "98.50 %"}; 100 before the first read. */
    String hitRate() {
      double percent = reads() == 0 ? 100 : 100.0 * hits / reads();
      return String.format(Locale.ROOT, "%.2f %%", percent);
    }
  }

  GuardedCache(String name, int maxSize) {
    if (maxSize < 1) {
      throw new IllegalArgumentException("maxSize is less than 1: " + maxSize);
    }
    lock = BiasedReadWriteLock.builder().name(name).build();
    this.maxSize = maxSize;
  }

  /** The value for the key, or null if there is none. */
  @Nullable V get(K key) {
    Objects.requireNonNull(key, "key");
    V value;
    try (var g = lock.read()) {
      value = entries.get(key);
    }
    (value == null ? misses : hits).increment();
    return value;
  }

  /** Sets the value for the key, evicting another entry if there is no room for a new one. */
  void put(K key, V value) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(value, "value");
    try (var g = lock.write()) {
      writes++;
      entries.put(key, value);
      if (entries.size() > maxSize) {
        var eldest = entries.keySet().iterator();
        eldest.next();
        eldest.remove();
        evictions++;
      }
    }
  }

  /** Removes the entry and returns its value, or null if there was none. */
  @Nullable V remove(K key) {
    Objects.requireNonNull(key, "key");
    try (var g = lock.write()) {
      V removed = entries.remove(key);
      if (removed != null) {
        deletes++;
      }
      return removed;
    }
  }

  /** Removes all entries; each counts as deleted. */
  void clear() {
    try (var g = lock.write()) {
      deletes += entries.size();
      entries.clear();
    }
  }

  /** A snapshot; gets that are under way may be counted or not. */
  Stats stats() {
    try (var g = lock.read()) {
      return new Stats(hits.sum(), misses.sum(), writes, deletes, evictions, entries.size());
    }
  }

  /** The lock, for reports. */
  BiasedReadWriteLock lock() {
    return lock;
  }
}
