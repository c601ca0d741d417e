// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Every slot bears the name of some thread that has read before, so the reader has to borrow one:
 * it takes it from that thread's name to its own, and gives it back under that thread's name if the
 * bit is gone. Forbidden: half a write, because the writer took the borrowed slot for free.
 *
 * <p>All states share one lock: to fill its slots takes too long to do it for each.
 */
@JCStressTest
@State
public class BorrowedSlotExcludesWriter extends ReaderAgainstWriter {
  private static final BiasedReadWriteLock FULL = FullLock.make();

  public BorrowedSlotExcludesWriter() {
    super(FULL);
  }

  @Actor
  public void reader(I_Result r) {
    meet();
    r.r1 = readPairs(READS);
  }

  @Actor
  public void writer() {
    meet();
    writePairs(1);
  }
}
