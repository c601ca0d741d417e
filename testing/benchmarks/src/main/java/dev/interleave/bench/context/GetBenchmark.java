// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.context;

import com.alibaba.ttl.TransmittableThreadLocal;
import dev.interleave.Guard;
import dev.interleave.bench.Initializer;
import dev.interleave.context.ContextLocal;
import io.opentelemetry.context.ContextKey;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Reading one value, of one or of ten that are set, nanoseconds. Only what is read is set: others
 * would be in the way of it in the thread's table of thread-locals.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = {ScopedThreads.EXECUTOR, ScopedThreads.CLASS})
public class GetBenchmark {
  // Constants, as they are where they are used.
  private static final ContextLocal<String> LOCAL = Peers.LOCALS.get(Peers.READ);
  private static final ContextLocal<String> LATER = Peers.LATER.get(Peers.READ);
  private static final ThreadLocal<String> THREAD_LOCAL = Peers.THREAD_LOCALS.get(Peers.READ);
  private static final TransmittableThreadLocal<String> TRANSMITTABLE =
      Peers.TRANSMITTABLE.get(Peers.READ);
  private static final ContextKey<String> KEY = Peers.KEYS.get(Peers.READ);

  /** How many are set. */
  @Param({"1", "10"})
  public int values;

  private AutoCloseable scope;

  /** Made by JMH. */
  public GetBenchmark() {}

  /** Sets what this one reads. */
  @Setup
  @Initializer
  @SuppressWarnings("MustBeClosedChecker") // by end()
  public void set(BenchmarkParams params) {
    scope =
        switch (Peers.methodOf(params)) {
          case "context" -> open(Peers.LOCALS);
          case "contextLater" -> open(Peers.LATER);
          case "openTelemetry" -> Peers.openTelemetry(values).makeCurrent();
          case "threadLocalDisplaced" -> Displaced.set();
          case "threadLocal" -> Peers.set(Peers.THREAD_LOCALS, values);
          case "ttl" -> Peers.set(Peers.TRANSMITTABLE, values);
          default -> () -> {};
        };
  }

  private Guard open(List<ContextLocal<String>> locals) {
    return Peers.context(locals, values).open();
  }

  /** Sets nothing any more. */
  @TearDown
  public void end() throws Exception {
    scope.close();
  }

  /** Ours. */
  @Benchmark
  public String context() {
    return LOCAL.get();
  }

  /** Ours, when the program has made many others before. */
  @Benchmark
  public String contextLater() {
    return LATER.get();
  }

  /** What stays in its thread. */
  @Benchmark
  public String threadLocal() {
    return THREAD_LOCAL.get();
  }

  /** The same where another one has its place in the thread's table. */
  @Benchmark
  public String threadLocalDisplaced() {
    return Displaced.LOCAL.get();
  }

  /** What ends with its scope. */
  @Benchmark
  public String scopedValue() throws Throwable {
    return (String) (Object) ScopedThreads.GET.invokeExact();
  }

  /** A context as well. */
  @Benchmark
  public @Nullable String openTelemetry() {
    return io.opentelemetry.context.Context.current().get(KEY);
  }

  /** A thread-local that goes along. */
  @Benchmark
  public String ttl() {
    return TRANSMITTABLE.get();
  }
}
