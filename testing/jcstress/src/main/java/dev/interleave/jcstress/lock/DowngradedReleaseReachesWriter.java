// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZII_Result;

/**
 * A writer that has become the one reader releases as a counted one, after a plain-looking change
 * of hands: what it stores in between is for the next writer, too.
 */
@JCStressTest
@State
public class DowngradedReleaseReachesWriter extends ReleaseReachesWriter {
  public DowngradedReleaseReachesWriter() {
    super(new BiasedReadWriteLock());
  }

  @Actor
  public void reader(ZII_Result r) {
    meet();
    lock.writeLock().lock();
    try {
      lock.readLock().lock();
    } finally {
      lock.writeLock().unlock();
    }
    try {
      r.r1 = store();
    } finally {
      lock.readLock().unlock();
    }
  }

  @Actor
  public void writer(ZII_Result r) {
    meet();
    write(r);
  }
}
