// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.util.ArrayList;
import java.util.List;

/** A pool that did what a test says, in time that passes when the test says. */
final class ScriptedTarget implements AdaptiveSizing.Target {
  static final long PERIOD = 1_000_000_000;

  final List<Integer> resizes = new ArrayList<>();
  int size;
  int surplus;
  boolean closed;
  RuntimeException failure = new IllegalStateException("not set");
  boolean failing;
  private long now;
  private long queued;
  private long completed;
  private long busyNanos;
  private long waitedNanos;

  ScriptedTarget(int size) {
    this.size = size;
  }

  long nanoTime() {
    return now;
  }

  /** A period in which so many were done, and all threads were busy, with tasks that wait. */
  ScriptedTarget full(long tasks) {
    return period(tasks, size, size);
  }

  /** A period. */
  ScriptedTarget period(long tasks, double busy, long waiting) {
    now += PERIOD;
    completed += tasks;
    busyNanos += (long) (busy * PERIOD);
    waitedNanos += waiting * PERIOD;
    queued = waiting;
    return this;
  }

  /** Counters that are about to overflow. */
  ScriptedTarget nearOverflow() {
    completed = Long.MAX_VALUE - 10;
    busyNanos = Long.MAX_VALUE - 10;
    waitedNanos = Long.MAX_VALUE - 10;
    now = Long.MAX_VALUE - 10;
    return this;
  }

  @Override
  public String name() {
    return "scripted";
  }

  @Override
  public AdaptiveSizing.Load load() {
    return new AdaptiveSizing.Load(
        size, size + surplus, queued, completed, busyNanos, waitedNanos, closed);
  }

  @Override
  public void resize(int threads) {
    if (failing) {
      throw failure;
    }
    size = threads;
    resizes.add(threads);
  }
}
