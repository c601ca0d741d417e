// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.lifecycle.Threads;
import java.util.function.BiConsumer;

/** A thread of an engine of channels, on which others wait. */
final class EngineThread {
  private EngineThread() {}

  /**
   * A daemon that is not started.
   *
   * @param failed is told why, and what was thrown, if the thread fails: nobody may wait for what
   *     is not coming
   */
  static Thread of(String name, String role, Runnable body, BiConsumer<String, Throwable> failed) {
    return Threads.platform(name + "-" + role)
        .daemon(true)
        .build()
        .newThread(() -> {
          try {
            body.run();
          } catch (RuntimeException | Error e) {
            failed.accept("its " + role + " failed: " + e, e);
            throw e;
          }
        });
  }
}
