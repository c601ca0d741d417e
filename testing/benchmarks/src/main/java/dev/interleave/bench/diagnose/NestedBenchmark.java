// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.diagnose;

import dev.interleave.bench.Initializer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One thread, nobody else: acquiring one lock, or two or three in each other, always in the same
 * order, and releasing them; or two of them one after the other.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NestedBenchmark {
  /** What kind of lock. */
  @Param public MutexKind lock;

  private Lock a;
  private Lock b;
  private Lock c;
  private long value;

  /** Made by JMH. */
  public NestedBenchmark() {}

  /** Locks that know each other, if they are of that kind. */
  @Setup
  @Initializer
  @SuppressWarnings("NullAway") // JMH sets the parameters before
  public void create() {
    Mutexes mutexes = lock.mutexes();
    a = mutexes.create("a");
    b = mutexes.create("b");
    c = mutexes.create("c");
  }

  /** One lock. */
  @Benchmark
  public long one() {
    a.lock();
    try {
      return ++value;
    } finally {
      a.unlock();
    }
  }

  /** A lock in a lock. */
  @Benchmark
  public long two() {
    a.lock();
    try {
      b.lock();
      try {
        return ++value;
      } finally {
        b.unlock();
      }
    } finally {
      a.unlock();
    }
  }

  /** Two, but not in each other. */
  @Benchmark
  public long apart() {
    a.lock();
    try {
      value++;
    } finally {
      a.unlock();
    }
    b.lock();
    try {
      return ++value;
    } finally {
      b.unlock();
    }
  }

  /** Three. */
  @Benchmark
  public long three() {
    a.lock();
    try {
      b.lock();
      try {
        c.lock();
        try {
          return ++value;
        } finally {
          c.unlock();
        }
      } finally {
        b.unlock();
      }
    } finally {
      a.unlock();
    }
  }
}
