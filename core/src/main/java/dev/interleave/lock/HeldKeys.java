// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import org.jspecify.annotations.Nullable;

/**
 * The keys that one thread holds of one manager: a chain in descending order, so that its top is
 * the largest. Only its thread touches it. It exists while the thread holds keys or is about to.
 *
 * @param <K> the keys
 */
final class HeldKeys<K> {
  final Thread thread;

  /** Where {@link HoldingThreads} has put it. */
  int slot;

  /** The largest key held. */
  @Nullable KeyHold<K> top;

  /**
   * Acquisitions, and waits for conditions, that have begun and not ended: more than one if
   * something of the user's that is called in one of them, such as {@code equals}, begins another.
   */
  int entering;

  HeldKeys(Thread thread) {
    this.thread = thread;
  }

  /** Whether nothing is held, and nobody further up on the stack is about to add to this. */
  boolean isEmpty() {
    return top == null && entering == 0;
  }

  /** What was acquired by this very key, whatever has become of it; null if nothing. */
  @SuppressWarnings("ReferenceEquality")
  @Nullable KeyHold<K> acquiredBy(K key) {
    KeyHold<K> hold = top;
    while (hold != null && hold.key != key) {
      hold = hold.below;
    }
    return hold;
  }

  /** Adds a hold right below another one; on top if that is null. */
  void insertBelow(@Nullable KeyHold<K> above, KeyHold<K> hold) {
    KeyHold<K> below = above == null ? top : above.below;
    hold.above = above;
    hold.below = below;
    if (below != null) {
      below.above = hold;
    }
    if (above != null) {
      above.below = hold;
    } else {
      top = hold;
    }
  }

  void remove(KeyHold<K> hold) {
    KeyHold<K> below = hold.below;
    KeyHold<K> above = hold.above;
    if (below != null) {
      below.above = above;
    }
    if (above != null) {
      above.below = below;
    } else {
      top = below;
    }
    hold.below = null;
    hold.above = null;
  }
}
