// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.context;

import static java.util.Objects.requireNonNull;

import com.alibaba.ttl.TtlRunnable;
import dev.interleave.bench.Initializer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * A task that does nothing, and was wrapped where one value or ten were set, is run where none is;
 * nanoseconds.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = Peers.SMALL_NURSERY)
public class ElsewhereBenchmark {
  /** How many values were set. */
  @Param({"1", "10"})
  public int values;

  private Runnable wrapped;
  private int ran;

  /** Made by JMH. */
  public ElsewhereBenchmark() {}

  /** Wraps the task, and sets nothing any more. */
  @Setup
  @Initializer
  public void wrap(BenchmarkParams params) throws Exception {
    wrap(Peers.methodOf(params));
  }

  @Initializer
  void wrap(String method) throws Exception {
    Runnable task = () -> ran++;
    wrapped =
        switch (method) {
          case "context" -> Peers.context(Peers.LOCALS, values).wrap(task);
          case "openTelemetry" -> Peers.openTelemetry(values).wrap(task);
          case "micrometer" -> {
            try (AutoCloseable set = Peers.set(Peers.THREAD_LOCALS, values)) {
              yield Peers.micrometer(values).captureAll().wrap(task);
            }
          }
          case "ttl" -> {
            try (AutoCloseable set = Peers.set(Peers.TRANSMITTABLE, values)) {
              yield requireNonNull(TtlRunnable.get(task));
            }
          }
          default -> throw new IllegalArgumentException(method);
        };
  }

  /** Ours. */
  @Benchmark
  public int context() {
    wrapped.run();
    return ran;
  }

  /** A context as well. */
  @Benchmark
  public int openTelemetry() {
    wrapped.run();
    return ran;
  }

  /** Sets each thread-local, and takes it back. */
  @Benchmark
  public int micrometer() {
    wrapped.run();
    return ran;
  }

  /** Sets each thread-local of its own kind, and takes it back. */
  @Benchmark
  public int ttl() {
    wrapped.run();
    return ran;
  }
}
