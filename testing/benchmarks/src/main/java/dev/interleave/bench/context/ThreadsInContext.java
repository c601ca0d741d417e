// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.context;

import dev.interleave.bench.Programs;
import dev.interleave.context.Context;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * What {@value #THREADS} virtual threads that are alive take on the heap, each, when they are in
 * one context, or have inherited thread-locals: more than those that have neither.
 */
public final class ThreadsInContext {
  static final int THREADS = 100_000;

  private static final int ROUNDS = 3;

  private ThreadsInContext() {}

  /** Prints the figures, by the names of {@link #inContext} and {@link #inherited}. */
  public static void main(String[] args) throws InterruptedException {
    Map<String, List<Double>> rounds = new LinkedHashMap<>();
    for (int round = -1; round < ROUNDS; round++) { // the first to warm up
      double neither = measure(Context.empty(), 0);
      Map<String, Double> figures = new LinkedHashMap<>();
      for (int values : ContextSuite.VALUES) {
        Context context = Peers.context(Peers.LOCALS, values);
        figures.put(inContext(values), measure(context, 0) - neither);
        figures.put(inherited(values), measure(Context.empty(), values) - neither);
      }
      if (round >= 0) {
        figures.forEach(
            (name, bytes) -> rounds.computeIfAbsent(name, k -> new ArrayList<>()).add(bytes));
      }
    }
    Map<String, Double> medians = new LinkedHashMap<>();
    rounds.forEach(
        (name, values) -> medians.put(name, values.stream().sorted().toList().get(ROUNDS / 2)));
    Programs.report(medians);
  }

  /** The figure for threads in one context. */
  static String inContext(int values) {
    return "context" + values;
  }

  /** The figure for threads that inherit. */
  static String inherited(int values) {
    return "inherited" + values;
  }

  @SuppressWarnings("ReachabilityFenceUsage") // the threads are measured only if they are reached
  private static double measure(Context context, int inherited) throws InterruptedException {
    CountDownLatch arrived = new CountDownLatch(THREADS);
    CountDownLatch end = new CountDownLatch(1);
    Runnable stay =
        () -> {
          arrived.countDown();
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    // A frame more in either case. A wrapped task would look for the current context.
    Runnable task = context.isEmpty() ? () -> stay.run() : context.wrap(stay);
    List<InheritableThreadLocal<String>> locals = new ArrayList<>();
    for (int i = 0; i < inherited; i++) {
      InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
      local.set(Peers.value(i));
      locals.add(local);
    }
    List<Thread> threads = new ArrayList<>(THREADS);
    long before = used();
    for (int i = 0; i < THREADS; i++) {
      threads.add(Thread.startVirtualThread(task));
    }
    arrived.await();
    for (Thread thread : threads) {
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    }
    long alive = used();
    end.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    locals.forEach(ThreadLocal::remove);
    Reference.reachabilityFence(threads);
    return (double) (alive - before) / THREADS;
  }

  private static long used() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 2; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
