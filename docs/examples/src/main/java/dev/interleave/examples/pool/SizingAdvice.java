// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.pool;

import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.pool.PoolSizing;
import java.io.PrintStream;
import java.time.Duration;

/** The formulas for the size of a pool, on eight processors, with their reasons and limits. */
public final class SizingAdvice implements Example {
  /** Made by the tour. */
  public SizingAdvice() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new SizingAdvice());
  }

  @Override
  public String shows() {
    return "How many threads a pool should have for tasks that compute, that wait, or do both, and"
        + " how scarce connections or memory bound that.";
  }

  @Override
  public String run(PrintStream out) {
    PoolSizing eight = PoolSizing.onProcessors(8);
    tell(out, 8, eight.cpuBound());
    tell(out, 9, eight.cpuBoundPlusOne());
    tell(out, 12, eight.mixed());
    tell(out, 24, eight.ioBound(3));

    Duration wait = Duration.ofMillis(45);
    Duration compute = Duration.ofMillis(5);
    tell(out, 80, eight.blocking(wait, compute));
    tell(out, 40, eight.utilization(0.5).blocking(wait, compute));
    tell(out, 20, eight.atMost(20, "connections of the database").blocking(wait, compute));
    tell(out, 64, eight.memory(64L << 20, 1L << 20).blocking(wait, compute));
    tell(out, 50, eight.littlesLaw(1000, Duration.ofMillis(50)));

    IllegalArgumentException refused =
        Expect.thrown(IllegalArgumentException.class, () -> eight.blocking(wait, Duration.ZERO));
    out.println(refused.getMessage());
    return "8 threads to compute, 80 to wait nine times as long, 20 if there are 20 connections";
  }

  private static void tell(PrintStream out, int expected, PoolSizing.Advice advice) {
    out.println(advice);
    Expect.equal("threads", expected, advice.threads());
  }
}
