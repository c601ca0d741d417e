// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

import dev.interleave.lock.BiasedReadWriteLock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A map that threads share, by what guards it. */
@SuppressWarnings("ImmutableEnumChecker") // the factories have no state
public enum CacheKind {
  /** A hash map behind ours, as it is by default. */
  BIASED("HashMap, BiasedReadWriteLock", () -> new Guarded(new BiasedReadWriteLock())),
  /** A hash map behind the JDK's read-write lock. */
  RRWL("HashMap, ReentrantReadWriteLock", () -> new Guarded(new ReentrantReadWriteLock())),
  /** A hash map behind one lock for reading and writing. */
  REENTRANT_LOCK("HashMap, ReentrantLock", CacheKind::exclusive),
  /** A map that needs no lock. */
  CONCURRENT_HASH_MAP("ConcurrentHashMap", Concurrent::new);

  private final String label;
  private final Supplier<Cache> factory;

  CacheKind(String label, Supplier<Cache> factory) {
    this.label = label;
    this.factory = factory;
  }

  /** Its name in tables. */
  String label() {
    return label;
  }

  Cache create() {
    return factory.get();
  }

  private static Cache exclusive() {
    Lock lock = new ReentrantLock();
    return new Guarded(lock, lock);
  }

  /** What the threads do. */
  interface Cache {
    @Nullable Object get(Integer key);

    void put(Integer key, Object value);
  }

  /** Behind two locks of the JDK's interface. */
  private static final class Guarded implements Cache {
    private final Map<Integer, Object> map = new HashMap<>();
    private final Lock readLock;
    private final Lock writeLock;

    Guarded(ReadWriteLock lock) {
      this(lock.readLock(), lock.writeLock());
    }

    Guarded(Lock readLock, Lock writeLock) {
      this.readLock = readLock;
      this.writeLock = writeLock;
    }

    @Override
    public @Nullable Object get(Integer key) {
      readLock.lock();
      try {
        return map.get(key);
      } finally {
        readLock.unlock();
      }
    }

    @Override
    public void put(Integer key, Object value) {
      writeLock.lock();
      try {
        map.put(key, value);
      } finally {
        writeLock.unlock();
      }
    }
  }

  private static final class Concurrent implements Cache {
    private final Map<Integer, Object> map = new ConcurrentHashMap<>();

    @Override
    public @Nullable Object get(Integer key) {
      return map.get(key);
    }

    @Override
    public void put(Integer key, Object value) {
      map.put(key, value);
    }
  }
}
