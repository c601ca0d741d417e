// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.diagnose;

import dev.interleave.bench.Initializer;
import dev.interleave.bench.ThreadSetting;
import dev.interleave.bench.VirtualTurns;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * All threads increment one plain field under one lock, in a tight loop: operations per
 * microsecond, so millions per second, of all threads together.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ContendedBenchmark {
  /** What kind of lock. */
  @Param public MutexKind lock;

  private Lock mutex;

  /** Made by JMH. */
  public ContendedBenchmark() {}

  /** The lock. */
  @Setup
  @Initializer
  @SuppressWarnings("NullAway") // JMH sets the parameters before
  public void create() {
    mutex = lock.mutexes().create("contended");
  }

  /** Apart from the reference to the lock, because JMH pads each such object. */
  @State(Scope.Benchmark)
  public static class Cell {
    private long value;

    /** Made by JMH. */
    public Cell() {}
  }

  /** What each thread makes way by. */
  @State(Scope.Thread)
  public static class Turn {
    private VirtualTurns turns;
    private int operations;

    /** Made by JMH. */
    public Turn() {}

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
    }
  }

  /** One increment. */
  @Benchmark
  public long increment(Turn turn, Cell cell) {
    turn.next();
    mutex.lock();
    try {
      return ++cell.value;
    } finally {
      mutex.unlock();
    }
  }
}
