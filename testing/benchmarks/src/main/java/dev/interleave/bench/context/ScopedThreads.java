// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.context;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of a benchmark that reads scoped values: they run within bindings of all values.
 * {@code ScopedValue} is used through method handles, since this is compiled for 21, where it is a
 * preview; as constants these cost nothing.
 */
public final class ScopedThreads extends ThreadPoolExecutor {
  /** What makes JMH use these threads. */
  static final String EXECUTOR = "-Djmh.executor=CUSTOM";

  /** Which class that is. */
  static final String CLASS = "-Djmh.executor.class=dev.interleave.bench.context.ScopedThreads";

  private static final List<Object> VALUES = new ArrayList<>();

  /** Reads the first one: {@code () -> Object}. */
  static final MethodHandle GET;

  private static final MethodHandle RUN;
  private static final MethodHandle WHERE;
  private static final MethodHandle AND_WHERE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Class<?> type = Class.forName("java.lang.ScopedValue");
      Class<?> carrier = Class.forName("java.lang.ScopedValue$Carrier");
      MethodHandle make = lookup.findStatic(type, "newInstance", MethodType.methodType(type));
      for (int i = 0; i < Peers.VALUES; i++) {
        VALUES.add(make.invoke());
      }
      GET =
          lookup
              .findVirtual(type, "get", MethodType.methodType(Object.class))
              .bindTo(VALUES.get(Peers.READ));
      RUN = lookup.findVirtual(carrier, "run", MethodType.methodType(void.class, Runnable.class));
      WHERE = lookup.findStatic(type, "where", MethodType.methodType(carrier, type, Object.class));
      AND_WHERE =
          lookup.findVirtual(carrier, "where", MethodType.methodType(carrier, type, Object.class));
    } catch (Throwable e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Made by JMH. */
  public ScopedThreads(int threads, String prefix) {
    super(
        threads,
        threads,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        body -> Thread.ofPlatform().daemon().name(prefix).unstarted(() -> bound(body)));
  }

  private static void bound(Runnable body) {
    try {
      Object carrier = WHERE.invoke(VALUES.get(0), (Object) Peers.value(0));
      for (int i = 1; i < Peers.VALUES; i++) {
        carrier = AND_WHERE.invoke(carrier, VALUES.get(i), (Object) Peers.value(i));
      }
      RUN.invoke(carrier, body);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
