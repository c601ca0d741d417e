// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lifecycle;

import dev.interleave.lifecycle.PeriodicService;
import dev.interleave.lifecycle.StopToken;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Looks each second at the memory in use, and keeps the last 60 samples. */
final class SystemMonitor {
  private static final int SAMPLES = 60;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Long> samples = new ArrayDeque<>(); // guarded by the lock
  private final PeriodicService service =
      PeriodicService.builder("monitor", this::sample).fixedRate(Duration.ofSeconds(1)).build();

  PeriodicService service() {
    return service;
  }

  private void sample(StopToken stop) {
    Runtime runtime = Runtime.getRuntime();
    long used = runtime.totalMemory() - runtime.freeMemory();
    lock.lock();
    try {
      if (samples.size() == SAMPLES) {
        samples.removeFirst();
      }
      samples.addLast(used);
    } finally {
      lock.unlock();
    }
  }

  List<Long> samples() {
    lock.lock();
    try {
      return List.copyOf(samples);
    } finally {
      lock.unlock();
    }
  }
}
