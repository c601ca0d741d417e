// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

/** What threads that read do with a {@link ReadWriteSync} that no lock stands before. */
final class Readers {
  private Readers() {}

  /** Whether the calling thread can come in within so many nanoseconds; then it has left again. */
  static boolean canRead(ReadWriteSync sync, long nanos) throws InterruptedException {
    boolean in = sync.lockRead(Thread.currentThread(), sync.cells(), true, nanos);
    if (in) {
      leave(sync);
    }
    return in;
  }

  /** Releases one hold of the calling thread's: as the lock does, fast if that is possible. */
  static void leave(ReadWriteSync sync) {
    Thread t = Thread.currentThread();
    if (!sync.unlockReadFast(t, sync.cells())) {
      sync.unlockReadSlow(t);
    }
  }
}
