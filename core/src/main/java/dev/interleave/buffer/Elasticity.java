// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import dev.interleave.buffer.ElasticBuffer.Resize;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides when an {@link ElasticBuffer} changes, and changes it. Under a lock of its own, which is
 * taken before that of the store, never after it.
 */
final class Elasticity {
  private static final int REMEMBERED = 64;

  /** The least and the greatest capacity. */
  record Bounds(int min, int max) {}

  /** It grows if more than this part is in use, by this factor, no sooner than this. */
  record Growth(double at, double by, long cooldownNanos) {}

  /** It shrinks if no more than this part was in use, to this part of it, for so long. */
  record Shrinkage(double at, double by, long windowNanos) {}

  private final Store<?> store;
  private final Bounds bounds;
  private final Growth growth;
  private final Shrinkage shrinkage;
  private final @Nullable Consumer<? super Resize> onResize;
  private final LongSupplier clock;
  private final long born;

  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Resize> resizes = new ArrayDeque<>();
  private long growths;
  private long shrinks;
  private long lastChange;

  /** Since when {@link #peak} is the most that was inside. */
  private long windowStart;

  private int peak;

  Elasticity(
      Store<?> store,
      Bounds bounds,
      Growth growth,
      Shrinkage shrinkage,
      @Nullable Consumer<? super Resize> onResize,
      LongSupplier clock) {
    this.store = store;
    this.bounds = bounds;
    this.growth = growth;
    this.shrinkage = shrinkage;
    this.onResize = onResize;
    this.clock = clock;
    born = clock.getAsLong();
    windowStart = born;
    lastChange = born - growth.cooldownNanos;
  }

  int min() {
    return bounds.min;
  }

  int max() {
    return bounds.max;
  }

  /** An insertion found no room. Returns whether to try once more. */
  boolean growBecauseFull() {
    Resize resize;
    lock.lock();
    try {
      int capacity = store.capacity();
      int size = store.size();
      peak = Math.max(peak, size);
      if (size < capacity) {
        return true; // somebody was faster: with a change, or with a removal
      }
      if (capacity >= bounds.max) {
        return false;
      }
      resize = grow(capacity, "all " + capacity + " places were in use", clock.getAsLong());
    } finally {
      lock.unlock();
    }
    tell(resize);
    return true;
  }

  /** Something has been inserted. */
  void inserted() {
    adjust();
  }

  /** Something has been removed, or looked for. */
  void removed() {
    adjust();
  }

  /** Changes the capacity if it is time to. */
  boolean adjust() {
    Resize resize;
    lock.lock();
    try {
      resize = due();
    } finally {
      lock.unlock();
    }
    tell(resize);
    return resize != null;
  }

  private @Nullable Resize due() {
    int capacity = store.capacity();
    int size = store.size();
    long now = clock.getAsLong();
    peak = Math.max(peak, size);
    if (size > growth.at * capacity
        && capacity < bounds.max
        && now - lastChange >= growth.cooldownNanos) {
      return grow(capacity, size + " of " + capacity + " places were in use", now);
    }
    if (now - windowStart < shrinkage.windowNanos) {
      return null;
    }
    int most = peak;
    Duration calm = Duration.ofNanos(now - windowStart);
    windowStart = now;
    peak = size;
    int smaller = Math.max(bounds.min, (int) (capacity * shrinkage.by));
    if (most > shrinkage.at * capacity || smaller >= capacity) {
      return null;
    }
    shrinks++;
    return change(
        capacity,
        smaller,
        "no more than " + most + " of " + capacity + " places were in use for " + calm,
        now);
  }

  private Resize grow(int capacity, String reason, long now) {
    double wanted = Math.max(capacity + 1.0, Math.floor(capacity * growth.by));
    growths++;
    return change(capacity, (int) Math.min(bounds.max, wanted), reason, now);
  }

  private Resize change(int from, int to, String reason, long now) {
    store.resize(to);
    lastChange = now;
    windowStart = now;
    peak = store.size();
    Resize resize = new Resize(growths + shrinks, Duration.ofNanos(now - born), from, to, reason);
    if (resizes.size() == REMEMBERED) {
      resizes.removeFirst();
    }
    resizes.addLast(resize);
    return resize;
  }

  private void tell(@Nullable Resize resize) {
    if (resize != null && onResize != null) {
      onResize.accept(resize);
    }
  }

  List<Resize> resizes() {
    lock.lock();
    try {
      return List.copyOf(new ArrayList<>(resizes));
    } finally {
      lock.unlock();
    }
  }

  ElasticBuffer.Stats stats() {
    lock.lock();
    try {
      return new ElasticBuffer.Stats(store.stats(), bounds.min, bounds.max, growths, shrinks);
    } finally {
      lock.unlock();
    }
  }
}
