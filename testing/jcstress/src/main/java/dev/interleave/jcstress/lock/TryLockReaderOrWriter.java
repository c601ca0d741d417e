// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A reader and a writer try a free lock that is not biased, and keep it. Forbidden: both in; and
 * neither in, since a reader fails only while a writer is in and a writer gives way only to a
 * reader that stays.
 */
@JCStressTest
@State
public class TryLockReaderOrWriter extends ReaderOrWriter {
  public TryLockReaderOrWriter() {
    super(counting());
  }

  @Actor
  public void reader(ZZ_Result r) {
    meet();
    r.r1 = lock.readLock().tryLock();
  }

  @Actor
  public void writer(ZZ_Result r) {
    meet();
    r.r2 = lock.writeLock().tryLock();
  }
}
