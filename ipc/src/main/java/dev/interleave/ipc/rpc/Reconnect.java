// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When to try to connect again: after a random time of up to {@code first}, then up to twice that,
 * and so on up to {@code most}; no more when {@code giveUpAfter} has passed since the connection
 * was lost. Random, so that the clients of a server that comes back do not all come at once ("full
 * jitter": Brooker, Exponential Backoff and Jitter, 2015).
 */
record Reconnect(Duration first, Duration most, Duration giveUpAfter) {
  /** How long to wait before the attempt with this number, from 0. */
  long delayNanos(int attempt) {
    long cap = most.toNanos();
    long bound = first.toNanos();
    for (int i = 0; i < attempt && bound < cap; i++) {
      bound *= 2;
    }
    return ThreadLocalRandom.current().nextLong(Math.min(bound, cap)) + 1;
  }
}
