// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

import dev.interleave.bench.Initializer;
import dev.interleave.bench.ThreadSetting;
import dev.interleave.bench.VirtualTurns;
import java.util.concurrent.TimeUnit;
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
 * Reads and writes in a tight loop, by all threads on one lock: operations per microsecond, so
 * millions per second, of all threads together.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class MixBenchmark {
  /** The lock. */
  @Param public LockKind lock;

  /** How many operations of a hundred write. */
  @Param({"0", "1", "10", "50", "100"})
  public int writePercent;

  private LockedLong shared;
  private long writeBelow;

  /** Made by JMH. */
  public MixBenchmark() {}

  /** The field and its lock. */
  @Setup
  @Initializer
  @SuppressWarnings("NullAway") // JMH sets the parameters before
  public void create() {
    shared = lock.create();
    writeBelow = below(writePercent);
  }

  /** The dice are below this so many times of a hundred. */
  static long below(int percent) {
    return percent == 100 ? Long.MAX_VALUE : Long.MAX_VALUE / 100 * percent;
  }

  /** What each thread decides by: the same sequence for every lock. */
  @State(Scope.Thread)
  public static class Dice {
    private long random;
    private VirtualTurns turns;

    /** Made by JMH. */
    public Dice() {}

    /** A seed of its own for each thread. */
    @Setup
    public void seed(ThreadParams thread) {
      random = (thread.getThreadIndex() + 1) * 0x9E3779B97F4A7C15L;
    }

    /** In each iteration, because the kind of thread is half of what is measured. */
    @Setup(Level.Iteration)
    @Initializer
    public void look(ThreadParams thread) {
      ThreadSetting.verifyKind();
      turns = new VirtualTurns(thread.getThreadCount());
    }

    /** The next of the sequence, not negative. */
    long roll() {
      long x = random;
      x ^= x << 13;
      x ^= x >>> 7;
      x ^= x << 17;
      random = x;
      if ((x & (VirtualTurns.BURST - 1)) == 0) {
        turns.makeWay();
      }
      return x >>> 1;
    }
  }

  /** One read or one write. */
  @Benchmark
  public long operation(Dice dice) {
    long random = dice.roll();
    if (random < writeBelow) {
      shared.write(random);
      return random;
    }
    return shared.read();
  }
}
