// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.pool;

import dev.interleave.Deadline;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.pool.SizingProbe;
import dev.interleave.pool.SizingReport;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/** Measures how many threads four connections can do with. */
public final class SizeMeasured implements Example {
  private static final int CONNECTIONS = 4;
  private static final long QUERY_NANOS = 2_000_000;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Made by the tour. */
  public SizeMeasured() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new SizeMeasured());
  }

  @Override
  public String shows() {
    return "A probe runs the real task with 1, 2, 4, 8 and 16 threads, in turn, several times, and"
        + " recommends the fewest that do about as much as the best.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    Semaphore connections = new Semaphore(CONNECTIONS);
    SizingProbe probe =
        SizingProbe.builder(() -> query(connections))
            .sizes(1, 2, 4, 8, 16)
            .tasks(48) // a multiple of each size: nobody is idle in the last wave
            .rounds(5)
            .build();
    SizingReport report = probe.run(Deadline.after(PATIENCE));
    for (int again = 0; again < 9 && !report.conclusive(); again++) { // somebody took a processor
      report = probe.run(Deadline.after(PATIENCE));
    }
    out.println(report);

    Expect.equal("sizes", 5, report.levels().size());
    Expect.that("no failures", report.levels().stream().allMatch(level -> level.failures() == 0));
    int recommended = report.recommended().orElseThrow();
    Expect.that("two threads leave connections unused: " + report, recommended > 2);
    Expect.that(
        "sixteen are no faster than four: " + report,
        report.efficiency(16) < 0.6 * report.efficiency(4));
    return "2 threads leave connections unused, and 16 wait for the 4 there are";
  }

  private static boolean query(Semaphore connections) throws InterruptedException {
    connections.acquire();
    try {
      long end = System.nanoTime() + QUERY_NANOS;
      for (long left = QUERY_NANOS; left > 0; left = end - System.nanoTime()) {
        LockSupport.parkNanos(left); // what a database would take
      }
      return true;
    } finally {
      connections.release();
    }
  }
}
