// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import dev.interleave.Deadline;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs an example, and gives it up when it takes too long. */
final class Watchdog {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Duration limit;

  Watchdog(Duration limit) {
    this.limit = limit;
  }

  /**
   * Runs the example on a thread of its own.
   *
   * @param recorder takes what the example prints
   * @param tick is called now and then while the example runs
   * @throws InterruptedException if the calling thread is interrupted; the example is, too
   */
  Outcome run(Example example, Recorder recorder, Runnable tick)
      throws InterruptedException, IOException {
    long start = System.nanoTime();
    Deadline deadline = Deadline.after(limit);
    FutureTask<String> task = new FutureTask<>(() -> example.run(recorder.stream()));
    Thread thread = Thread.ofPlatform().daemon().name("example " + example.name()).start(task);
    try {
      while (true) {
        tick.run();
        try {
          String result = task.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
          return new Outcome(example, recorder.end(), result, null, since(start));
        } catch (ExecutionException e) {
          return new Outcome(example, recorder.end(), null, e.getCause(), since(start));
        } catch (TimeoutException e) {
          if (deadline.isExpired()) {
            AssertionError hung = error("gave up after " + Outcome.inShort(limit));
            hung.setStackTrace(thread.getStackTrace());
            hung.addSuppressed(error("all threads:\n" + allStacks()));
            thread.interrupt();
            if (!thread.join(GRACE)) {
              hung.addSuppressed(error("it runs on, although it was interrupted"));
            }
            return new Outcome(example, recorder.end(), null, hung, since(start));
          }
        }
      }
    } finally {
      thread.interrupt();
    }
  }

  /** Without a stack: that of this thread is of no interest. */
  private static AssertionError error(String message) {
    AssertionError error = new AssertionError(message);
    error.setStackTrace(new StackTraceElement[0]);
    return error;
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /**
   * All threads with their stacks; virtual ones, too, which {@code Thread} itself does not list.
   */
  private static String allStacks() throws IOException {
    Path folder = Files.createTempDirectory("tour");
    Path file = folder.resolve("threads.txt");
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(file.toAbsolutePath().toString(), ThreadDumpFormat.TEXT_PLAIN);
      return Files.readString(file);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }
}
