// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Leads from a sync point in the code under test to the run that the calling thread acts in. */
public final class SyncPoints {
  /** How many threads are listened to: spares code under test the look at the thread if none is. */
  private static final AtomicInteger LISTENED = new AtomicInteger();

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
   * Listens to the sync points of the calling thread, until {@link #ignore()}.
   *
   * @param listener who listens
   */
  public static void listen(Listener listener) {
    LISTENER.set(listener);
    LISTENED.incrementAndGet();
  }

  /** Ends what {@link #listen} began. */
  public static void ignore() {
    LISTENED.decrementAndGet();
    LISTENER.remove();
  }

  /**
   * Tells whoever listens to the calling thread, if anyone does.
   *
   * @param label the label of the point, if it has one
   */
  public static void reach(@Nullable String label) {
    if (LISTENED.getOpaque() == 0) {
      return;
    }
    Listener listener = LISTENER.get();
    if (listener != null) {
      listener.reached(label);
    }
  }
}
