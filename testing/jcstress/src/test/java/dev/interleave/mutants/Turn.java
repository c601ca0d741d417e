// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The run of a process in its turn: the processors belong to one at a time.
 *
 * <p>One whose actors hang does nothing for the time after which that may be called so. It makes
 * way for the next.
 */
final class Turn implements AutoCloseable {
  private static final Semaphore PROCESSORS = new Semaphore(1, true);

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final long LOOK_MILLIS = 300;

  /** From one look to the next. The clock of the processors ticks every ten milliseconds. */
  private static final Duration NEXT_TO_NOTHING = Duration.ofMillis(20);

  private final Path output;
  private final Optional<String> begin;
  private boolean over;

  /**
   * What became of a process.
   *
   * @param ended whether it ended in time; else it was ended
   */
  record Ran(boolean ended, int exitValue, Duration elapsed) {}

  private Turn(Path output, Optional<String> begin) {
    this.output = output;
    this.begin = begin;
  }

  /**
   * Waits for its turn, and runs.
   *
   * @param output where it prints to
   * @param begin what it prints before it begins with what may hang; empty if other processes do
   *     the work, so that what this one does says nothing
   */
  static Ran run(ProcessBuilder builder, Path output, Optional<String> begin)
      throws IOException, InterruptedException {
    PROCESSORS.acquire();
    try (Turn turn = new Turn(output, begin)) {
      long start = System.nanoTime();
      Process process = builder.redirectOutput(output.toFile()).start();
      try {
        boolean ended = turn.await(process);
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        return new Ran(ended, ended ? process.exitValue() : -1, elapsed);
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
  }

  private boolean await(Process process) throws IOException, InterruptedException {
    Duration used = Duration.ZERO;
    for (long waited = 0; waited < LIMIT.toMillis(); waited += LOOK_MILLIS) {
      if (process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        return true;
      }
      Optional<Duration> now = process.info().totalCpuDuration();
      if (now.isPresent()) {
        boolean idle = now.get().minus(used).compareTo(NEXT_TO_NOTHING) < 0;
        used = now.get();
        if (idle && hasBegun()) {
          close();
        }
      }
    }
    return false;
  }

  private boolean hasBegun() throws IOException {
    return begin.isPresent() && Files.readString(output).contains(begin.get());
  }

  /** Lets the next one begin. */
  @Override
  public void close() {
    if (!over) {
      over = true;
      PROCESSORS.release();
    }
  }
}
