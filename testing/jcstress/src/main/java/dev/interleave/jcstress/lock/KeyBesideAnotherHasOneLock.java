// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJ_Result;

/**
 * Two threads that take and release one key, while another one with the same hash code is in use:
 * so both have to compare before they know that there is no entry for it.
 */
@JCStressTest
@Outcome(id = "8, 1", expect = ACCEPTABLE, desc = "Every increment counted, and no entry left.")
@Outcome(
    id = "8, [^1].*",
    expect = FORBIDDEN,
    desc = "An entry is left in the table, or that of the other key has gone.")
@Outcome(
    expect = FORBIDDEN,
    desc = "An increment is lost: there were two locks for the key, or one let two threads in.")
@State
public class KeyBesideAnotherHasOneLock extends KeyedCounter<KeyBesideAnotherHasOneLock.Key> {
  /** All have the same hash code. */
  record Key(int n) implements Comparable<Key> {
    @Override
    public int hashCode() {
      return 1;
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Key other && other.n == n;
    }

    @Override
    public int compareTo(Key other) {
      return Integer.compare(n, other.n);
    }
  }

  /** The other key is held by whoever comes here. */
  public KeyBesideAnotherHasOneLock() {
    manager.lock(new Key(0)).lock();
  }

  @Actor
  public void first() {
    increment(new Key(1));
  }

  @Actor
  public void second() {
    increment(new Key(1));
  }

  @Arbiter
  public void end(IJ_Result r) {
    report(r);
  }
}
