// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.pool;

import dev.interleave.bench.Programs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Producers that submit in a tight loop: how many tasks are run in a given time, and whether each
 * of them was.
 *
 * <p>A program, because only tasks that have been run count.
 */
public final class TaskFlow {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ExecutorService pool;
  private final List<Producer> producers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  TaskFlow(PoolKind kind, Load load) {
    pool = kind.create(load.workers());
    Runnable task = Work.of(load.workNanos());
    for (int i = 0; i < load.producers(); i++) {
      producers.add(new Producer(pool, task, null));
    }
  }

  /**
   * Prints the figures.
   *
   * @param args the {@link PoolKind}, the {@link Load}, milliseconds to warm up and to measure
   */
  public static void main(String[] args) throws InterruptedException {
    TaskFlow flow = new TaskFlow(PoolKind.valueOf(args[0]), Load.parse(args[1]));
    flow.start();
    Thread.sleep(Integer.parseInt(args[2]));
    long before = flow.done();
    long start = System.nanoTime();
    Thread.sleep(Integer.parseInt(args[3]));
    long tasks = flow.done() - before;
    double micros = (System.nanoTime() - start) / 1e3;
    flow.end();
    Programs.report(Map.of("tasksPerMicro", tasks / micros));
  }

  void start() {
    for (Producer producer : producers) {
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .uncaughtExceptionHandler((where, thrown) -> failure.set(thrown))
              .unstarted(producer);
      threads.add(thread);
    }
    threads.forEach(Thread::start);
  }

  long done() {
    return producers.stream().mapToLong(Producer::done).sum();
  }

  /**
   * Lets the producers finish, and the pool run all they have submitted.
   *
   * @throws IllegalStateException if a task is lost, or a thread fails or hangs
   */
  void end() throws InterruptedException {
    producers.forEach(Producer::stop);
    for (Thread thread : threads) {
      if (!thread.join(PATIENCE)) {
        throw new IllegalStateException(thread + " hangs; " + done() + " tasks are done");
      }
    }
    pool.shutdown();
    boolean ended = pool.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw new IllegalStateException("a producer has failed", thrown);
    }
    long submitted = producers.stream().mapToLong(Producer::submitted).sum();
    if (!ended || submitted != done()) {
      throw new IllegalStateException("submitted " + submitted + " tasks, but ran " + done());
    }
  }
}
