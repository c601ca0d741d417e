// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZII_Result;

/**
 * Two readers meet inside a lock without a free slot, so that one of them is recorded in the map;
 * then one stores and leaves, and the other leaves and writes. The release is a counted one, a
 * compare-and-set on the state, which the writer's own follows.
 */
@JCStressTest
@State
public class OverflownReleaseReachesWriter extends ReleaseReachesWriter {
  public OverflownReleaseReachesWriter() {
    super(OverflownLock.make(false));
  }

  @Actor
  public void reader(ZII_Result r) {
    meet(2);
    lock.readLock().lock();
    try {
      meet(4); // from within
      r.r1 = store();
    } finally {
      lock.readLock().unlock();
    }
  }

  @Actor
  public void writer(ZII_Result r) {
    meet(2);
    lock.readLock().lock();
    try {
      meet(4); // from within
    } finally {
      lock.readLock().unlock();
    }
    write(r);
  }
}
