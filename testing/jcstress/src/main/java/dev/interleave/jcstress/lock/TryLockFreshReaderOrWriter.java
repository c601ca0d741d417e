// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A reader and a writer try a lock that nobody has used: it may be biased one day, but has no slots
 * yet. Forbidden: both in; and neither in.
 */
@JCStressTest
@State
public class TryLockFreshReaderOrWriter extends ReaderOrWriter {
  public TryLockFreshReaderOrWriter() {
    super(new BiasedReadWriteLock());
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
