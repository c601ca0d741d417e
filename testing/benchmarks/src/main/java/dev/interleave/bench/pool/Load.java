// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.pool;

/**
 * Who submits what to how many threads.
 *
 * @param workers threads of the pool
 * @param producers threads that submit
 * @param workNanos how long a task takes; 0 for one that does nothing
 */
record Load(int workers, int producers, int workNanos) {

  /** For names of cases: {@code 2+1/150}. */
  static Load parse(String text) {
    String[] parts = text.split("[+/]", -1);
    return new Load(
        Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
  }

  /** How it is read by {@link #parse}. */
  @Override
  public String toString() {
    return threads() + "/" + workNanos;
  }

  /** {@code 2+1}: workers and producers. */
  String threads() {
    return workers + "+" + producers;
  }

  /** What a task does. */
  String tasks() {
    return workNanos == 0 ? "trivial tasks" : "tasks of " + workNanos + " ns";
  }
}
