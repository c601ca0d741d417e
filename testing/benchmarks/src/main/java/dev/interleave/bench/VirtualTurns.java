// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets a virtual thread in a tight loop make way for the others now and then. Virtual threads are
 * not preempted: without it, two of eight would keep both cores and six would never begin.
 *
 * <p>Yielding alone is not enough. Threads that were started or woken by a platform thread or a
 * timer wait in a queue that a carrier looks at only when its own is empty, and with threads that
 * yield to each other that may be never. So a thread also parks for an instant every {@value
 * #SLICE_MILLIS} ms.
 *
 * <p>One object per thread. Platform threads, and virtual ones that have a core each, make no way.
 */
public final class VirtualTurns {
  /** After how many operations to make way: some ten microseconds and more. */
  public static final int BURST = 4096;

  private static final int SLICE_MILLIS = 2;
  private static final long SLICE = TimeUnit.MILLISECONDS.toNanos(SLICE_MILLIS);

  private final boolean active;
  private long sliceStart = System.nanoTime();

  /** Made by the thread itself, which shares the machine with others, {@code threads} in all. */
  public VirtualTurns(int threads) {
    active =
        Thread.currentThread().isVirtual() && threads > Runtime.getRuntime().availableProcessors();
  }

  /** To be called about once in {@link #BURST} operations, holding nothing. */
  @SuppressWarnings("ThreadPriorityCheck") // to yield is what a turn ends with
  public void makeWay() {
    if (!active) {
      return;
    }
    if (System.nanoTime() - sliceStart < SLICE) {
      Thread.yield();
    } else {
      LockSupport.parkNanos(1);
      sliceStart = System.nanoTime();
    }
  }
}
