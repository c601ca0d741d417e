// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.state;

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
 * Replacing one immutable value, or reading it, in a tight loop: operations per microsecond, so
 * millions per second, of all threads together.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class UpdateBenchmark {
  /** What holds the value. */
  @Param public SharedKind holder;

  private Shared shared;

  /** Made by JMH. */
  public UpdateBenchmark() {}

  /** The value. */
  @Setup
  @Initializer
  @SuppressWarnings("NullAway") // JMH sets the parameters before
  public void create() {
    shared = holder.create();
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

  /** One change. */
  @Benchmark
  public Object update(Turn turn) {
    turn.next();
    return shared.update();
  }

  /** One look. */
  @Benchmark
  public Object read(Turn turn) {
    turn.next();
    return shared.read();
  }
}
