// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.context;

import com.alibaba.ttl.TransmittableThreadLocal;
import dev.interleave.context.Context;
import dev.interleave.context.ContextLocal;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.opentelemetry.context.ContextKey;
import java.util.List;
import java.util.stream.IntStream;
import org.openjdk.jmh.infra.BenchmarkParams;

/** The same ten values, of which one or all are set, in each of the ways that are compared. */
final class Peers {
  /** How many there are. */
  static final int VALUES = 10;

  /** Which is read: the first of one, the first of ten. */
  static final int READ = 0;

  /** Made first, so that they have slots. */
  static final List<ContextLocal<String>> LOCALS =
      IntStream.range(0, VALUES).mapToObj(i -> ContextLocal.<String>named("local" + i)).toList();

  /** Made when there are no slots left. */
  static final List<ContextLocal<String>> LATER =
      IntStream.range(0, 2 * VALUES)
          .mapToObj(i -> ContextLocal.<String>named("later" + i))
          .toList()
          .subList(VALUES, 2 * VALUES);

  static final List<ThreadLocal<String>> THREAD_LOCALS =
      IntStream.range(0, VALUES).mapToObj(i -> new ThreadLocal<String>()).toList();

  static final List<TransmittableThreadLocal<String>> TRANSMITTABLE =
      IntStream.range(0, VALUES).mapToObj(i -> new TransmittableThreadLocal<String>()).toList();

  static final List<ContextKey<String>> KEYS =
      IntStream.range(0, VALUES).mapToObj(i -> ContextKey.<String>named("key" + i)).toList();

  /**
   * Those who allocate would else be measured while the system gives them page after page of a
   * nursery of a gigabyte; of this one they have had all before they are measured.
   */
  static final String SMALL_NURSERY = "-Xmn64m";

  private Peers() {}

  static String value(int i) {
    return "value" + i;
  }

  /** Ours, with so many values. */
  static Context context(List<ContextLocal<String>> locals, int values) {
    Context context = Context.empty();
    for (int i = 0; i < values; i++) {
      context = context.with(locals.get(i), value(i));
    }
    return context;
  }

  /** OpenTelemetry's, with so many values. */
  static io.opentelemetry.context.Context openTelemetry(int values) {
    io.opentelemetry.context.Context context = io.opentelemetry.context.Context.root();
    for (int i = 0; i < values; i++) {
      context = context.with(KEYS.get(i), value(i));
    }
    return context;
  }

  /** Sets so many of them; to be closed to remove them. */
  static AutoCloseable set(List<? extends ThreadLocal<String>> places, int values) {
    for (int i = 0; i < values; i++) {
      places.get(i).set(value(i));
    }
    return () -> places.forEach(ThreadLocal::remove);
  }

  /** The method that is measured. */
  static String methodOf(BenchmarkParams params) {
    String name = params.getBenchmark();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** Micrometer's snapshots of so many of the thread-locals. */
  static ContextSnapshotFactory micrometer(int values) {
    ContextRegistry registry = new ContextRegistry();
    for (int i = 0; i < values; i++) {
      registry.registerThreadLocalAccessor("value" + i, THREAD_LOCALS.get(i));
    }
    return ContextSnapshotFactory.builder().contextRegistry(registry).build();
  }
}
