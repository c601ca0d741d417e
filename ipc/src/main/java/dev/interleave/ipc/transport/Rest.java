// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.util.concurrent.locks.LockSupport;

/** How a thread sleeps that has to be woken from without. */
interface Rest {
  /** Parks. */
  Rest PARK =
      new Rest() {
        @Override
        public void sleep(Object blocker, long nanos) {
          if (nanos == Long.MAX_VALUE) {
            LockSupport.park(blocker);
          } else {
            LockSupport.parkNanos(blocker, nanos);
          }
        }

        @Override
        public void wake(Thread sleeper) {
          LockSupport.unpark(sleeper);
        }
      };

  /**
   * Sleeps until the other side rings, or {@link #wake}, or the thread is interrupted, or the time
   * is over, or for no reason. Returns at once if it was woken since it slept last.
   *
   * @param nanos how long, perhaps a millisecond more; {@link Long#MAX_VALUE} for ever
   */
  void sleep(Object blocker, long nanos);

  /** Wakes a thread that sleeps here, or is about to. */
  void wake(Thread sleeper);
}
