// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A reader tries a free, biased lock for no time at all, a writer for a nanosecond. The reader
 * fails if the writer waits for it; then the writer, when its time is up, has to look once more.
 * Forbidden: both in; and neither in, each having given way to the other.
 */
@JCStressTest
@State
public class TryZeroReaderOrTimedWriter extends TryZeroReader {
  @Actor
  public void reader(ZZ_Result r) {
    r.r1 = tryZero();
  }

  @Actor
  public void writer(ZZ_Result r) {
    meet();
    r.r2 = tryFor(lock.writeLock(), 1);
  }
}
