// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZII_Result;

/**
 * Every slot bears the name of some thread that has read before, so the reader borrows one: its
 * release is a release store to that slot, which the writer reads before it is in.
 *
 * <p>All states share one lock: to fill its slots takes too long to do it for each.
 */
@JCStressTest
@State
public class BorrowedReleaseReachesWriter extends ReleaseReachesWriter {
  private static final BiasedReadWriteLock FULL = FullLock.make();

  public BorrowedReleaseReachesWriter() {
    super(FULL);
  }

  @Actor
  public void reader(ZII_Result r) {
    meet();
    r.r1 = readAndStore();
  }

  @Actor
  public void writer(ZII_Result r) {
    meet();
    write(r);
  }
}
