// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock.Preference;

/** A reader that tries a free, biased lock for no time at all, by its slot. */
abstract class TryZeroReader extends ReaderOrWriter {
  TryZeroReader() {
    super(armed(Preference.WRITERS));
  }

  /** For an actor of each test: jcstress takes none from a superclass. */
  final boolean tryZero() {
    takeSlot();
    meet();
    return tryFor(lock.readLock(), 0);
  }
}
