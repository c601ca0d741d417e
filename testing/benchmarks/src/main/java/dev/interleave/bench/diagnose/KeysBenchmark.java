// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.diagnose;

import com.google.common.util.concurrent.Striped;
import dev.interleave.bench.Initializer;
import dev.interleave.bench.ThreadSetting;
import dev.interleave.bench.VirtualTurns;
import dev.interleave.lock.OrderedLockManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Acquiring two of {@value #KEYS} keys, or one, and releasing them: operations per microsecond, so
 * millions per second, of all threads together.
 *
 * <p>The peer by hand looks two locks up in a map that never forgets one, and has to know by itself
 * in which order to take them. Guava's peer has a fixed number of locks, so two keys may share one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class KeysBenchmark {
  static final int KEYS = 1024;

  /** With one thread the figures rise, in steps, for 2.5 s: to three times those of the first. */
  static final int WARM_UP_MILLIS = 4000;

  private final OrderedLockManager<Integer> manager = OrderedLockManager.natural();
  private final ConcurrentHashMap<Integer, Lock> map = new ConcurrentHashMap<>();
  private final Striped<Lock> striped = Striped.lock(KEYS);

  /** Made by JMH. */
  public KeysBenchmark() {}

  /** A lock for each key, so that none is made while it is measured. */
  @Setup
  public void fill() {
    for (int key = 0; key < KEYS; key++) {
      map.put(key, new ReentrantLock());
    }
  }

  /** Which keys a thread wants next. */
  @State(Scope.Thread)
  public static class Wish {
    private final Integer[] keys = new Integer[KEYS];
    private long random;
    private int operations;
    private VirtualTurns turns;
    private long value;

    /** Made by JMH. */
    public Wish() {}

    /** A sequence of its own for each thread. */
    @Setup
    public void seed(ThreadParams thread) {
      random = (thread.getThreadIndex() + 1) * 0x9E3779B97F4A7C15L;
      for (int key = 0; key < KEYS; key++) {
        keys[key] = key;
      }
    }

    /** In each iteration, because the kind of thread is half of what is measured. */
    @Setup(Level.Iteration)
    @Initializer
    public void look(ThreadParams thread) {
      ThreadSetting.verifyKind();
      turns = new VirtualTurns(thread.getThreadCount());
    }

    private void next() {
      if ((++operations & (VirtualTurns.BURST - 1)) == 0) {
        turns.makeWay();
      }
      random ^= random << 13;
      random ^= random >>> 7;
      random ^= random << 17;
    }

    private Integer one() {
      return keys[(int) (random & (KEYS - 1))];
    }

    /** Never the same as the one. */
    private Integer other() {
      return keys[(int) ((random & (KEYS - 1)) ^ (1 + (random >>> 32) % (KEYS - 1)))];
    }
  }

  /** Ours: two keys in whatever order. */
  @Benchmark
  public long two(Wish wish) {
    wish.next();
    try (var guard = manager.acquire(List.of(wish.one(), wish.other()))) {
      return ++wish.value;
    }
  }

  /** By hand. */
  @Benchmark
  public long twoByHand(Wish wish) {
    wish.next();
    Integer one = wish.one();
    Integer other = wish.other();
    boolean ascending = one < other;
    Lock first = lock(ascending ? one : other);
    Lock second = lock(ascending ? other : one);
    first.lock();
    try {
      second.lock();
      try {
        return ++wish.value;
      } finally {
        second.unlock();
      }
    } finally {
      first.unlock();
    }
  }

  /** Guava's. */
  @Benchmark
  public long twoStriped(Wish wish) {
    wish.next();
    List<Lock> held = new ArrayList<>(2);
    try {
      for (Lock lock : striped.bulkGet(List.of(wish.one(), wish.other()))) {
        lock.lock();
        held.add(lock);
      }
      return ++wish.value;
    } finally {
      held.reversed().forEach(Lock::unlock);
    }
  }

  /** Ours: one key. */
  @Benchmark
  public long one(Wish wish) {
    wish.next();
    Lock lock = manager.lock(wish.one());
    lock.lock();
    try {
      return ++wish.value;
    } finally {
      lock.unlock();
    }
  }

  /** By hand. */
  @Benchmark
  public long oneByHand(Wish wish) {
    wish.next();
    Lock lock = lock(wish.one());
    lock.lock();
    try {
      return ++wish.value;
    } finally {
      lock.unlock();
    }
  }

  private Lock lock(Integer key) {
    Lock lock = map.get(key);
    if (lock == null) {
      throw new IllegalStateException("no lock for " + key);
    }
    return lock;
  }
}
