// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A reader and a writer try a free lock that has slots and has lost its bias to writers. Forbidden:
 * both in; and neither in.
 */
@JCStressTest
@State
public class TryLockReaderOrWriterAfterRevocation extends ReaderOrWriter {
  public TryLockReaderOrWriterAfterRevocation() {
    super(disarmed());
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
