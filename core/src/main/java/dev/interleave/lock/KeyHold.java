// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.lock.LockHolder.Mode;
import org.jspecify.annotations.Nullable;

/**
 * What one thread holds of one key, from the first acquisition to the last release: a link of the
 * thread's chain ({@link HeldKeys}). Only its thread touches it, but for {@link #noticedAt} and for
 * reports, which read the {@link #site}, and the counts as they happen to be.
 *
 * @param <K> the keys
 */
final class KeyHold<K> {
  final HeldKeys<K> holder;

  /** The key as its thread has it; that of the entry is equal, and may be another thread's. */
  final K key;

  /** The entry; another one after a wait for a condition, during which the key is not held. */
  KeyLock<K> lock;

  /** Acquisitions of each mode that are not released. */
  long writes;

  long reads;

  /** The next smaller key that the thread holds, and the next larger one. */
  @Nullable KeyHold<K> below;

  @Nullable KeyHold<K> above;

  /** Where the key was acquired, if that was recorded: after others could see this. */
  volatile @Nullable Throwable site;

  /** When others first had to wait for this hold, by {@code nanoTime}; 0 if nobody had. */
  volatile long noticedAt;

  /** Of an entry that was made for this. */
  KeyHold(HeldKeys<K> holder, KeyLock<K> lock) {
    this.holder = holder;
    this.key = lock.key;
    this.lock = lock;
  }

  Thread thread() {
    return holder.thread;
  }

  void add(Mode mode) {
    if (mode == Mode.WRITE) {
      writes++;
    } else {
      reads++;
    }
  }

  /** How its thread holds the key: while it writes its reads count as such. */
  Mode mode() {
    return writes > 0 ? Mode.WRITE : Mode.READ;
  }

  long holds() {
    return Math.max(1, writes + reads);
  }

  /** How long it has been held at least, in nanoseconds; -1 if nobody has waited for it. */
  long heldNanos() {
    long noticed = noticedAt;
    return noticed == 0 ? -1 : Math.max(0, System.nanoTime() - noticed);
  }
}
