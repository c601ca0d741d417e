// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A reader and a writer try a free lock that is biased, and keep it. If the reader takes its slot
 * while the writer takes the bias away, the writer gives up and the reader has to come in by the
 * counter. Forbidden: both in; and neither in, each having given way to the other.
 */
@JCStressTest
@State
public class TryLockBiasedReaderOrWriter extends ReaderOrWriter {
  public TryLockBiasedReaderOrWriter() {
    super(armed(Preference.WRITERS));
  }

  @Actor
  public void reader(ZZ_Result r) {
    takeSlot();
    meet();
    r.r1 = lock.readLock().tryLock();
  }

  @Actor
  public void writer(ZZ_Result r) {
    meet();
    r.r2 = lock.writeLock().tryLock();
  }
}
