// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.state;

import dev.interleave.bench.Initializer;
import dev.interleave.bench.ThreadSetting;
import dev.interleave.bench.VirtualTurns;
import java.util.concurrent.ExecutionException;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Sending increments to the thread that owns a counter, in a tight loop: operations per
 * microsecond, so millions per second, of all senders together. The owner is a thread more.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ConfinedBenchmark {
  /** The owner. */
  @Param public OwnerKind owner;

  private Owned owned;

  /** Made by JMH. */
  public ConfinedBenchmark() {}

  /** The counter and its owner. */
  @Setup
  @Initializer
  @SuppressWarnings("NullAway") // JMH sets the parameters before
  public void create() {
    owned = owner.create();
  }

  /** The owner ends. */
  @TearDown
  public void close() {
    owned.close();
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

  /** Waits for a place only. */
  @Benchmark
  public void submit(Turn turn) throws InterruptedException {
    turn.next();
    owned.submit();
  }

  /** Waits for the result. */
  @Benchmark
  public long call(Turn turn) throws InterruptedException, ExecutionException {
    turn.next();
    return owned.call();
  }
}
