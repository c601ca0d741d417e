// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.context;

import dev.interleave.bench.Initializer;
import dev.interleave.context.Context;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A thousand tasks that do nothing, in a context of ten values, through a pool of one thread;
 * nanoseconds for each.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = Peers.SMALL_NURSERY)
public class HandOffBenchmark {
  private static final int TASKS = 1000;

  private final Context context = Peers.context(Peers.LOCALS, Peers.VALUES);
  private final Phaser round = new Phaser(2);
  private ExecutorService raw;
  private ExecutorService propagating;
  private long ran;

  /** Made by JMH. */
  public HandOffBenchmark() {}

  /** The pool. */
  @Setup
  @Initializer
  public void create() {
    raw = Executors.newSingleThreadExecutor();
    propagating = Context.propagating(raw);
  }

  /** Its end. */
  @TearDown
  public void end() {
    raw.close();
  }

  /** The pool as it is. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public long raw() {
    context.run(() -> submit(raw));
    return ran;
  }

  /** The same, wrapped. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public long propagating() {
    context.run(() -> submit(propagating));
    return ran;
  }

  private void submit(ExecutorService executor) {
    for (int i = 1; i < TASKS; i++) {
      executor.execute(() -> ran++);
    }
    executor.execute(round::arrive);
    round.arriveAndAwaitAdvance();
  }
}
