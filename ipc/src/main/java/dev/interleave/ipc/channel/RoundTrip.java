// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

/**
 * How long an answer takes, and so how long to wait for one: mean and deviation, smoothed (Jacobson
 * and Karels, Congestion Avoidance and Control, 1988; the constants of RFC 6298). Each transmission
 * has a number of its own and an answer says which one it answers, so no sample is ambiguous. Not
 * thread-safe.
 */
final class RoundTrip {
  private final long least;
  private final long most;
  private long mean;
  private long deviation;

  RoundTrip(long leastNanos, long mostNanos) {
    least = leastNanos;
    most = mostNanos;
  }

  void sample(long nanos) {
    if (mean == 0) {
      mean = Math.max(1, nanos);
      deviation = nanos / 2;
    } else {
      deviation += (Math.abs(nanos - mean) - deviation) / 4;
      mean = Math.max(1, mean + (nanos - mean) / 8);
    }
  }

  /** Zero as long as there was no sample. */
  long meanNanos() {
    return mean;
  }

  /** How long to wait before the attempt after {@code attempts}, which is at least 1. */
  long timeoutNanos(int attempts) {
    long timeout = mean == 0 ? 10 * least : mean + 4 * deviation;
    timeout = Math.max(least, timeout);
    for (int i = 1; i < attempts && timeout < most; i++) {
      timeout *= 2;
    }
    return Math.min(timeout, most);
  }
}
