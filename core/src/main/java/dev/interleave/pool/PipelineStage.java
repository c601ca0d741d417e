// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.buffer.BoundedBuffer;
import dev.interleave.buffer.BufferClosedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A stage: a buffer and the threads that take from it.
 *
 * <p><b>Order.</b> An ordered stage has a second buffer, the line. An item is put into the line
 * first and then where the threads take it from; one more thread takes the items from the line, in
 * order, waits for each until the work on it is done, and passes it on. So the order is that of the
 * line, and no more items are in the stage than fit into the line, and the one waited for: results
 * that have overtaken others are held there and nowhere else. What waits for a thread is in the
 * line, too, or the one waited for; so where the threads take from there is always room.
 */
final class PipelineStage<I> {
  private final Pipeline<I, ?> pipeline;
  private final String name;
  private final String fullName;
  private final int parallelism;
  private final int capacity;
  private final Work<Object, Object> work;
  private final Pipeline.Next<I> next;

  private final BoundedBuffer<PipelineItem<I>> queue;
  private final @Nullable BoundedBuffer<PipelineItem<I>> line;
  private final List<Worker> workers = new ArrayList<>();
  private final AtomicInteger working;

  private final LongAdder out = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder passed = new LongAdder();

  PipelineStage(
      Pipeline<I, ?> pipeline, Pipeline.StagePlan plan, String in, Pipeline.Next<I> next) {
    this.pipeline = pipeline;
    this.next = next;
    name = plan.name();
    parallelism = plan.parallelism();
    capacity = plan.capacity();
    work = plan.work();
    fullName = in + '/' + name;
    working = new AtomicInteger(parallelism);
    int inside = capacity + parallelism;
    queue = buffer(plan.ordered() ? inside : capacity, fullName);
    line = plan.ordered() ? buffer(inside - 1, fullName + " in order") : null;
    for (int i = 0; i < parallelism; i++) {
      workers.add(new Worker());
    }
  }

  private static <E> BoundedBuffer<E> buffer(int capacity, String name) {
    return BoundedBuffer.<E>builder(Math.max(1, capacity)).name(name).build();
  }

  /** One of its threads. */
  private final class Worker implements Runnable {
    @Nullable Thread thread;
    volatile @Nullable PipelineItem<I> current;
    volatile long begunAt;

    @Override
    public void run() {
      try {
        takeAll();
      } finally {
        if (working.decrementAndGet() == 0 && line == null) {
          next.close();
        }
      }
    }

    private void takeAll() {
      PipelineItem<I> item = pipeline.take(queue);
      while (item != null) {
        if (item.hasFailed()) {
          passed.increment();
        } else {
          handle(item);
        }
        PipelineGate done = item.done;
        if (line != null && done != null) {
          done.part();
        } else if (!pipeline.pass(item, next)) {
          return;
        }
        item = pipeline.take(queue);
      }
    }

    private void handle(PipelineItem<I> item) {
      long begin = System.nanoTime();
      begunAt = begin;
      item.worker = thread;
      current = item;
      try {
        item.value =
            Objects.requireNonNull(work.apply(item.value), () -> fullName + " returned null");
        out.increment();
      } catch (Throwable e) { // whatever it is, it is this item's, and goes along with it
        StageException failure = new StageException(pipeline.name(), name, item.index, e);
        item.fail(failure);
        failed.increment();
        pipeline.hasFailed(failure);
      } finally {
        current = null;
        item.worker = null;
        item.ran(System.nanoTime() - begin);
        pipeline.clearInterrupt();
      }
    }
  }

  /** Passes the items on in the order of the line. */
  private void passInOrder(BoundedBuffer<PipelineItem<I>> items) {
    try {
      PipelineItem<I> item = pipeline.take(items);
      while (item != null && pipeline.awaitDone(item)) {
        if (!item.withdrawn && !pipeline.pass(item, next)) {
          return;
        }
        item = pipeline.take(items);
      }
    } finally {
      next.close();
    }
  }

  // ------------------------------------------------------------------ for who is before it

  /**
   * Takes an item in.
   *
   * @return false if there was no room until the deadline
   * @throws BufferClosedException if nothing more goes in
   */
  boolean accept(PipelineItem<I> item, Deadline deadline) throws InterruptedException {
    if (line == null) {
      item.done = null;
      return queue.offer(item, deadline);
    }
    item.enter(fullName);
    if (!line.offer(item, deadline)) {
      return false;
    }
    try {
      if (!queue.offer(item)) {
        throw new AssertionError(queue + " is full, although the line was not: " + line);
      }
    } catch (BufferClosedException e) {
      item.withdrawn = true;
      if (item.done != null) {
        item.done.part();
      }
      throw e;
    }
    return true;
  }

  /** Nothing more comes. */
  void close() {
    if (line != null) {
      line.close();
    }
    queue.close();
  }

  boolean isClosed() {
    return queue.isClosed();
  }

  // ------------------------------------------------------------------ for its pipeline

  /** What its threads run: the threads that work, then the one that keeps the order, if any. */
  void makeThreads(Pipeline.ThreadMaker maker) {
    int number = 0;
    for (Worker worker : workers) {
      worker.thread = maker.make(fullName + '-' + number++, worker);
    }
    BoundedBuffer<PipelineItem<I>> items = line;
    if (items != null) {
      Thread unused = maker.make(fullName + " in order", () -> passInOrder(items));
    }
  }

  int threads() {
    return parallelism + (line == null ? 0 : 1);
  }

  /** Throws away what is inside. */
  void stop(Throwable why) {
    if (line != null) {
      line.close(why);
      line.clear();
    }
    queue.close(why);
    queue.clear();
  }

  void addRunning(List<StopReport.Running> running) {
    for (Worker worker : workers) {
      PipelineItem<I> item = worker.current;
      Thread thread = worker.thread;
      if (item != null && thread != null) {
        Duration ran = Duration.ofNanos(Math.max(0, System.nanoTime() - worker.begunAt));
        running.add(StopReport.Running.of(fullName + " with item " + item.index, thread, ran));
      }
    }
  }

  PipelineStats.Stage stats() {
    int busy = 0;
    for (Worker worker : workers) {
      if (worker.current != null) {
        busy++;
      }
    }
    int queued = queue.size();
    return new PipelineStats.Stage(
        name,
        parallelism,
        line != null,
        queue.stats().puts(),
        out.sum(),
        failed.sum(),
        passed.sum(),
        queued,
        line == null ? 0 : Math.max(0, line.size() - queued),
        busy,
        capacity);
  }
}
