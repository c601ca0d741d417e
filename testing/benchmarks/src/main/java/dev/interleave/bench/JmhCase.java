// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.util.Map;

/**
 * One benchmark with all its parameters: what one fork measures.
 *
 * @param id its name; {@code include} is matched against it
 * @param type the class with the benchmark method
 * @param method the benchmark method
 * @param params a value for each {@code @Param} of {@code type}
 * @param threads who runs it
 * @param profileAllocation whether to count allocated bytes too
 * @param rounds in how many rounds it runs, from the first on; one fork each
 * @param warmUpMillis how long each fork warms up at least; 0 for as long as any other
 */
public record JmhCase(
    String id,
    Class<?> type,
    String method,
    Map<String, String> params,
    ThreadSetting threads,
    boolean profileAllocation,
    int rounds,
    int warmUpMillis) {

  /** One that is warm as soon as any other. */
  public JmhCase(
      String id,
      Class<?> type,
      String method,
      Map<String, String> params,
      ThreadSetting threads,
      boolean profileAllocation,
      int rounds) {
    this(id, type, method, params, threads, profileAllocation, rounds, 0);
  }

  /** How many iterations of the run's length it warms up for. */
  int warmups(Settings.Timing timing) {
    return Math.max(timing.warmups(), Math.ceilDiv(warmUpMillis, timing.warmupMillis()));
  }
}
