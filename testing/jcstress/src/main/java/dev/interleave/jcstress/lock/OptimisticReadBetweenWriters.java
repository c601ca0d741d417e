// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Two writers follow each other, and one of them then reads without a lock: the version has to be
 * even before the lock is free, or the two writers' steps mix and it is even while the second one
 * stores. Forbidden: a pair half written that validates.
 */
@JCStressTest
@State
public class OptimisticReadBetweenWriters extends OptimisticReadAgainstWriter {
  public OptimisticReadBetweenWriters() {
    super(new BiasedReadWriteLock());
  }

  @Actor
  public void writerAndReader(I_Result r) {
    meet();
    writePairs(2);
    r.r1 = readOptimistically(4 * READS);
  }

  @Actor
  public void writer() {
    meet();
    writePairs(4);
  }
}
