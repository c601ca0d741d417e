// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits for what another thread is about to do within some instructions, if only it is running: for
 * a slot that is claimed to be published. Spins first, then yields, then sleeps, ever longer, since
 * the other one may have lost its processor for the length of a time slice.
 */
final class Backoff {
  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 40 : 0;

  /** To let who has won go on alone for some items: both are faster so than in turns. */
  private static final int LOST = SPINS > 0 ? 24 : 0;

  private static final int YIELDS = 8;
  private static final long FIRST_NANOS = TimeUnit.MICROSECONDS.toNanos(20);
  private static final int DOUBLINGS = 5;

  private Backoff() {}

  /** Another thread of the same side was faster. */
  static void afterLostRace() {
    for (int i = 0; i < LOST; i++) {
      Thread.onSpinWait();
    }
  }

  /**
   * Waits a little.
   *
   * @param times how often it was called for this wait
   * @return one more than that
   */
  @SuppressWarnings("ThreadPriorityCheck") // correct without yielding, which only saves time
  static int pause(int times) {
    if (times < SPINS) {
      Thread.onSpinWait();
    } else if (times < SPINS + YIELDS) {
      Thread.yield();
    } else {
      int sleeps = Math.min(times - SPINS - YIELDS, DOUBLINGS);
      sleep(FIRST_NANOS << sleeps);
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
