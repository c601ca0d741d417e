// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits for what another thread is about to do within some instructions, if only it is running.
 * Spins first, then yields, then sleeps, ever longer, since the other one may have lost its
 * processor for the length of a time slice.
 */
final class Pause {
  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 40 : 0;
  private static final int YIELDS = 8;
  private static final long FIRST_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
  private static final int DOUBLINGS = 5;

  private Pause() {}

  /**
   * Waits a little.
   *
   * @param times how often it was called for this wait
   * @return one more than that
   */
  @SuppressWarnings("ThreadPriorityCheck") // correct without yielding, which only saves time
  static int after(int times) {
    if (times < SPINS) {
      Thread.onSpinWait();
    } else if (times < SPINS + YIELDS) {
      Thread.yield();
    } else {
      sleep(FIRST_NANOS << Math.min(times - SPINS - YIELDS, DOUBLINGS));
    }
    return times + 1;
  }

  /** Parks; who is interrupted could not, and is interrupted again afterwards. */
  private static void sleep(long nanos) {
    boolean interrupted = Thread.interrupted();
    LockSupport.parkNanos(nanos);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
