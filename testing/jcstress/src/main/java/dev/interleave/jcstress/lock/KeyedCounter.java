// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.OrderedLockManager;
import java.util.concurrent.locks.Lock;
import org.openjdk.jcstress.infra.results.IJ_Result;

/** A counter of a plain field, which is changed by whoever holds a key. */
abstract class KeyedCounter<K extends Comparable<? super K>> {
  private static final int TIMES = 4;

  final OrderedLockManager<K> manager = OrderedLockManager.natural();
  private int count;

  KeyedCounter() {}

  /** Four times, each with the key acquired anew. */
  final void increment(K key) {
    Lock lock = manager.lock(key);
    for (int i = 0; i < TIMES; i++) {
      lock.lock();
      try {
        addOne();
      } finally {
        lock.unlock();
      }
    }
  }

  /** With a moment between, in which nobody else may come. */
  private void addOne() {
    int seen = count;
    Thread.onSpinWait();
    count = seen + 1;
  }

  /** The count, and the number of entries that are left. */
  final void report(IJ_Result r) {
    r.r1 = count;
    r.r2 = manager.stats().keys();
  }
}
