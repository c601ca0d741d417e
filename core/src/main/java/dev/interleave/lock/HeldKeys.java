// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import org.jspecify.annotations.Nullable;

/**
 * The keys that one thread holds of one manager: a chain in descending order, so that its top is
 * the largest. Only its thread touches it. It exists while the thread holds keys or waits for one.
 *
 * @param <K> the keys
 */
final class HeldKeys<K> {
  final Thread thread;

  /** Where {@link HoldingThreads} has put it. */
  int slot;

  /** The largest key held. */
  @Nullable KeyHold<K> top;

  HeldKeys(Thread thread) {
    this.thread = thread;
  }

  boolean isEmpty() {
    return top == null;
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
