// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.buffer;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Which share of one core this process has taken since some moment. */
final class ProcessorTime {
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final long startNanos = System.nanoTime();
  private final long startTime = SYSTEM.getProcessCpuTime();

  ProcessorTime() {}

  /** In per cent of one core. */
  double percent() {
    long time = SYSTEM.getProcessCpuTime() - startTime;
    return 100.0 * time / (System.nanoTime() - startNanos);
  }
}
