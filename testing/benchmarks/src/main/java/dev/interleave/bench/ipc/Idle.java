// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;

/** What two processes take of the processor that are connected and have nothing to say. */
final class Idle {
  private Idle() {}

  /**
   * In percent of a core.
   *
   * @param millis how long to look; the system counts the other process in steps of 10 ms
   */
  static Map<String, Double> measure(OtherJvm other, int millis) throws InterruptedException {
    Thread.sleep(1000); // the compilers and the leases come to their ends
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long start = System.nanoTime();
    long mine = system.getProcessCpuTime();
    long theirs = other.processorNanos();
    Thread.sleep(millis);
    double elapsed = System.nanoTime() - start;
    return Map.of(
        "percent", 100 * (system.getProcessCpuTime() - mine) / elapsed,
        "otherPercent", 100 * (other.processorNanos() - theirs) / elapsed);
  }
}
