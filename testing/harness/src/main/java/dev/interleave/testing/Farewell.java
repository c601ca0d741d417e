// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits for threads that were interrupted, to end; but not for those that the interrupt does not
 * keep from waiting.
 *
 * <p>Whoever has cleared its interrupt status and waits without a time limit has taken notice, and
 * waits all the same. If that is all that is left, and it stays so, nobody is there to wake them.
 */
final class Farewell {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /**
   * How often in a row all must be seen waiting: a quarter of a second, and more on a machine so
   * busy that whoever looks does not get to look. Someone outside may be about to wake them.
   */
  private static final int LOOKS = 50;

  private Farewell() {}

  /**
   * Waits.
   *
   * @param threads who was interrupted
   * @param ended counts those that have not ended; they need not be dead yet
   * @param nanos how long to wait at most
   * @return those that stay
   */
  static List<Thread> await(List<Thread> threads, CountDownLatch ended, long nanos)
      throws InterruptedException {
    long start = System.nanoTime();
    int looks = 0;
    while (true) {
      long left = nanos - (System.nanoTime() - start);
      if (ended.await(Math.min(PAUSE_NANOS, left), TimeUnit.NANOSECONDS)) {
        return List.of();
      }
      List<Thread> alive = threads.stream().filter(Thread::isAlive).toList();
      looks = !alive.isEmpty() && alive.stream().allMatch(Farewell::waitsOn) ? looks + 1 : 0;
      if (looks == LOOKS || left <= 0) {
        return alive;
      }
    }
  }

  /** The status last: who has been seen to wait without it has cleared it before it waited. */
  private static boolean waitsOn(Thread thread) {
    return thread.getState() == Thread.State.WAITING && !thread.isInterrupted();
  }
}
