// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.context;

import com.alibaba.ttl.TtlRunnable;
import dev.interleave.bench.Initializer;
import dev.interleave.context.Context;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * A task that does nothing is wrapped in what is current, and run there; nanoseconds. What is
 * current may be one value or ten.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = Peers.SMALL_NURSERY)
public class WrapBenchmark {
  private static final int TASKS = 1000;

  /** How many values are set. */
  @Param({"1", "10"})
  public int values;

  private Context ours;
  private AutoCloseable scope;
  private ContextSnapshotFactory snapshots;
  private int ran;

  @SuppressWarnings("UnnecessaryLambda") // made once, so that only wrapping is measured
  private final Runnable task = () -> ran++;

  /** Made by JMH. */
  public WrapBenchmark() {}

  /** Sets what this one captures, and nothing that would be in the way of it. */
  @Setup
  @Initializer
  public void set(BenchmarkParams params) {
    set(Peers.methodOf(params));
  }

  @Initializer
  @SuppressWarnings("MustBeClosedChecker") // by end()
  void set(String method) {
    ours = Peers.context(Peers.LOCALS, values);
    snapshots = Peers.micrometer(values);
    scope =
        switch (method) {
          case "openTelemetry" -> Peers.openTelemetry(values).makeCurrent();
          case "micrometer" -> Peers.set(Peers.THREAD_LOCALS, values);
          case "ttl" -> Peers.set(Peers.TRANSMITTABLE, values);
          default -> () -> {};
        };
  }

  /** Sets nothing any more. */
  @TearDown
  public void end() throws Exception {
    scope.close();
  }

  // A loop in each, because a context of ours is current for a call only.

  /** Ours. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public int context() {
    ours.run(this::wrapAndRun);
    return ran;
  }

  private void wrapAndRun() {
    for (int i = 0; i < TASKS; i++) {
      Context.current().wrap(task).run();
    }
  }

  /** A context as well. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public int openTelemetry() {
    for (int i = 0; i < TASKS; i++) {
      io.opentelemetry.context.Context.current().wrap(task).run();
    }
    return ran;
  }

  /** A copy of each thread-local that is registered. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public int micrometer() {
    for (int i = 0; i < TASKS; i++) {
      snapshots.captureAll().wrap(task).run();
    }
    return ran;
  }

  /** A copy of each thread-local of its own kind. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public int ttl() {
    for (int i = 0; i < TASKS; i++) {
      Runnable wrapped = TtlRunnable.get(task);
      if (wrapped == null) {
        throw new IllegalStateException("only null is wrapped in null");
      }
      wrapped.run();
    }
    return ran;
  }
}
