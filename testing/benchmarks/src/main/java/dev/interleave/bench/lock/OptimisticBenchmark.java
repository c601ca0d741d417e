// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.lock;

import dev.interleave.bench.ThreadSetting;
import dev.interleave.lock.BiasedReadWriteLock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.StampedLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Reads two plain fields without a lock and asks afterwards whether a writer was there. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class OptimisticBenchmark {
  private final BiasedReadWriteLock ours = new BiasedReadWriteLock();
  private final StampedLock stampedLock = new StampedLock();
  private final PaddedLong x = new PaddedLong();
  private final PaddedLong y = new PaddedLong();

  /** Made by JMH. */
  public OptimisticBenchmark() {}

  /** Each thread, of itself. */
  @State(Scope.Thread)
  public static class Me {
    /** Made by JMH. */
    public Me() {}

    /** The kind of thread is as asked. */
    @Setup(Level.Iteration)
    public void look() {
      ThreadSetting.verifyKind();
    }
  }

  /** Ours. */
  @Benchmark
  public long biased(Me me) {
    long stamp = ours.tryOptimisticRead();
    long sum = x.value + y.value;
    if (!ours.validate(stamp)) {
      throw new IllegalStateException("nobody writes");
    }
    return sum;
  }

  /** The one to compare with. */
  @Benchmark
  public long stamped(Me me) {
    long stamp = stampedLock.tryOptimisticRead();
    long sum = x.value + y.value;
    if (!stampedLock.validate(stamp)) {
      throw new IllegalStateException("nobody writes");
    }
    return sum;
  }

  /** What the loop and the two reads cost without any lock: contained in both others. */
  @Benchmark
  public long bare(Me me) {
    return x.value + y.value;
  }
}
