// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.context;

import dev.interleave.bench.Initializer;
import dev.interleave.context.Context;
import dev.interleave.context.ContextLocal;
import dev.interleave.context.MdcBridge;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.spi.MDCAdapter;

/**
 * A task is wrapped where four fields are in the MDC, is run where none is, and logs once there:
 * the event asks for all fields. Nanoseconds.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = Peers.SMALL_NURSERY)
public class LogBenchmark {
  private static final int FIELDS = 4;
  private static final List<ContextLocal<String>> LOCALS = Peers.LOCALS.subList(0, FIELDS);

  private final MDCAdapter mdc = new BasicMDCAdapter();
  private final Context context = Peers.context(LOCALS, FIELDS);
  private Map<String, String> fields;
  private MDCAdapter adapter;

  /** Made by JMH. */
  public LogBenchmark() {}

  /** The adapter, and what is copied otherwise. */
  @Setup
  @Initializer
  public void create() {
    MdcBridge.Builder builder = MdcBridge.over(mdc);
    IntStream.range(0, FIELDS).forEach(i -> builder.field("field" + i, LOCALS.get(i)));
    adapter = builder.build();
    Map<String, String> all = context.supply(() -> adapter.getCopyOfContextMap());
    if (all == null || all.size() != FIELDS) {
      throw new IllegalStateException("not all fields: " + all);
    }
    fields = Map.copyOf(all);
  }

  private static @Nullable String event(MDCAdapter asked) {
    Map<String, String> all = asked.getCopyOfContextMap();
    return all == null ? null : all.get("field0");
  }

  /** The fields are found in the context. */
  @Benchmark
  public @Nullable String adapter() {
    return context.wrap((java.util.function.Supplier<@Nullable String>) () -> event(adapter)).get();
  }

  /** The fields are copied, put in, and taken back, as wrappers of tasks do it. */
  @Benchmark
  public @Nullable String copy() {
    mdc.setContextMap(fields); // where the task is wrapped; the context is entered there, too
    Map<String, String> captured = mdc.getCopyOfContextMap();
    mdc.clear();
    Map<String, String> before = mdc.getCopyOfContextMap();
    mdc.setContextMap(captured);
    try {
      return event(mdc);
    } finally {
      if (before == null) {
        mdc.clear();
      } else {
        mdc.setContextMap(before);
      }
    }
  }
}
