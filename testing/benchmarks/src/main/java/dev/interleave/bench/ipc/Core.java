// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import java.io.IOException;

/** One of several cores. */
final class Core {
  private Core() {}

  /** From now on this process and those it starts run on one core; only on Linux. */
  static void stayOnOne() throws IOException, InterruptedException {
    Process taskset =
        new ProcessBuilder(
                "taskset", "-a", "-p", "-c", "0", String.valueOf(ProcessHandle.current().pid()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (taskset.waitFor() != 0) {
      throw new IOException("taskset ended with " + taskset.exitValue());
    }
  }
}
