// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.BiasedReadWriteLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/**
 * A writer acquires the read lock and releases the write lock: from being the writer to being a
 * counted reader in one store. Forbidden: another writer's store between the two.
 */
@JCStressTest
@Outcome(id = "[12], true", expect = ACCEPTABLE, desc = "It read what it had written.")
@Outcome(id = "-1, .*", expect = FORBIDDEN, desc = "Another write came in after the downgrade.")
@Outcome(expect = FORBIDDEN, desc = "A write is lost, or the lock is not free at the end.")
@State
public class DowngradeAdmitsNoWriter extends GuardedPair {
  public DowngradeAdmitsNoWriter() {
    super(new BiasedReadWriteLock());
  }

  @Actor
  public void downgrader(IZ_Result r) {
    meet();
    int written;
    lock.writeLock().lock();
    try {
      addOne();
      written = left;
      lock.readLock().lock();
    } finally {
      lock.writeLock().unlock();
    }
    try {
      linger();
      r.r1 = left == written && right == written ? written : -1;
    } finally {
      lock.readLock().unlock();
    }
  }

  @Actor
  public void writer() {
    meet();
    writePairs(1);
  }

  @Arbiter
  public void after(IZ_Result r) {
    r.r2 = left == 2 && right == 2 && isFree();
  }
}
