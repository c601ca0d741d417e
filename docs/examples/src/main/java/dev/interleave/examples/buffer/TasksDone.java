// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.buffer;

import dev.interleave.Deadline;
import dev.interleave.buffer.BoundedBuffer;
import dev.interleave.buffer.Lease;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Work that counts as done when it is done, not when it has left the queue. */
public final class TasksDone implements Example {
  private static final int TASKS = 8;
  private static final int WORKERS = 3;
  private static final Duration SHORT = Duration.ofMillis(20);

  private final BoundedBuffer<String> tasks =
      BoundedBuffer.<String>builder(TASKS).name("tasks").build();
  private final Set<String> done = new ConcurrentSkipListSet<>();
  private final AtomicInteger failed = new AtomicInteger();
  private final CountDownLatch begin = new CountDownLatch(1);

  /** Made by the tour. */
  public TasksDone() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new TasksDone());
  }

  @Override
  public String shows() {
    return "Waiting until all tasks are done: each is taken with a lease, which ends also when the"
        + " task fails; a task may put more; and to end a lease twice is an error.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    try (Crew crew = new Crew()) {
      for (int i = 0; i < WORKERS; i++) {
        crew.virtual("worker-" + i, this::work);
      }
      for (int i = 1; i <= TASKS; i++) {
        tasks.put("task-" + i);
      }
      Expect.soon("each worker has one", () -> tasks.stats().leased() == WORKERS);
      Expect.that("not done yet", !tasks.awaitIdle(Deadline.after(SHORT)));
      out.printf("%d in work, %d wait%n", tasks.stats().leased(), tasks.size());

      begin.countDown();
      Expect.that("all done", tasks.awaitIdle(Deadline.after(Duration.ofSeconds(30))));
      Expect.equal("done", TASKS, done.size()); // 8, without one that failed, with one more

      tasks.close(); // the workers end now, and not after a time in which nothing came
      crew.join();
    }
    out.printf("all done: %s, and %d failed%n", done, failed.get());
    Expect.equal("failed", 1, failed.get()); // counted when its lease had ended
    once(out);
    return "9 tasks, 3 workers: 8 done, 1 failed, none forgotten; a lease ends once";
  }

  private void work() throws InterruptedException {
    while (true) {
      try (Lease<String> lease = tasks.leaseOrNull()) {
        if (lease == null) {
          return;
        }
        begin.await();
        perform(lease.item());
      } catch (IllegalArgumentException e) {
        failed.incrementAndGet(); // the lease has ended all the same
      }
    }
  }

  private void perform(String task) throws InterruptedException {
    if (task.equals("task-3")) {
      throw new IllegalArgumentException("task-3 cannot be done");
    }
    if (task.equals("task-5")) {
      tasks.put("task-5b"); // before the lease ends, so nobody believes that all is done
    }
    done.add(task);
  }

  private static void once(PrintStream out) throws Exception {
    BoundedBuffer<String> buffer = BoundedBuffer.<String>builder(1).name("tasks").build();
    buffer.put("the last one");
    Lease<String> lease = buffer.lease();
    lease.close();
    out.println(
        Expect.thrown(
                IllegalStateException.class,
                () -> {
                  lease.close();
                  return "closed twice";
                })
            .getMessage());
  }
}
