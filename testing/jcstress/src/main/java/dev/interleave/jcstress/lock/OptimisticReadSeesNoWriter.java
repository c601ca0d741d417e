// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The sequence lock: the version is odd before the writer's first store and even after its last;
 * the reader looks at it before its first read and after its last. Forbidden: a pair half written
 * that validates.
 */
@JCStressTest
@State
public class OptimisticReadSeesNoWriter extends OptimisticReadAgainstWriter {
  public OptimisticReadSeesNoWriter() {
    super(new BiasedReadWriteLock());
  }

  @Actor
  public void reader(I_Result r) {
    meet();
    r.r1 = readOptimistically(4 * READS);
  }

  @Actor
  public void writer() {
    meet();
    writePairs(3);
  }
}
