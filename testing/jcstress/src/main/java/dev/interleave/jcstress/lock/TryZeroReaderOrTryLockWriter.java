// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A reader tries a free, biased lock for no time at all, a writer tries it without time. The reader
 * does not overtake, but a writer that only tries is nobody to be overtaken: if the reader takes
 * its slot while the writer takes the bias away, it has to come in by the counter. Forbidden: both
 * in; and neither in, each having given way to the other.
 */
@JCStressTest
@State
public class TryZeroReaderOrTryLockWriter extends TryZeroReader {
  @Actor
  public void reader(ZZ_Result r) {
    r.r1 = tryZero();
  }

  @Actor
  public void writer(ZZ_Result r) {
    meet();
    r.r2 = lock.writeLock().tryLock();
  }
}
