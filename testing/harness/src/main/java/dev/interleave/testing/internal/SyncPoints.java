// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Leads from a sync point in the code under test to the run that the calling thread acts in. */
public final class SyncPoints {
  /** Spares code under test that is not in a run the look at the thread. */
  private static final AtomicInteger ACTORS = new AtomicInteger();

  private static final ThreadLocal<@Nullable Listener> LISTENER = new ThreadLocal<>();

  private SyncPoints() {}

  /** Who wants to know that a thread has reached a sync point. */
  @FunctionalInterface
  public interface Listener {
    /**
     * The calling thread has reached a sync point.
     *
     * @param label the label of the point, if it has one
     */
    void reached(@Nullable String label);
  }

  /**
   * Runs something in a thread whose sync points someone listens to.
   *
   * @param listener who listens
   * @param body what to run
   */
  public static void listen(Listener listener, Runnable body) {
    ACTORS.incrementAndGet();
    LISTENER.set(listener);
    try {
      body.run();
    } finally {
      LISTENER.remove();
      ACTORS.decrementAndGet();
    }
  }

  /**
   * Tells whoever listens to the calling thread, if anyone does.
   *
   * @param label the label of the point, if it has one
   */
  public static void reach(@Nullable String label) {
    if (ACTORS.getOpaque() == 0) {
      return;
    }
    Listener listener = LISTENER.get();
    if (listener != null) {
      listener.reached(label);
    }
  }
}
