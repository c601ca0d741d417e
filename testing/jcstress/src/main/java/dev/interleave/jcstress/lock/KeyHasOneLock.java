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
 * Two threads that take and release one key, each through a lock of its own, so that its entry
 * comes into the table and leaves it again and again under the other one's hands.
 */
@JCStressTest
@Outcome(id = "8, 0", expect = ACCEPTABLE, desc = "Every increment counted, and no entry left.")
@Outcome(
    id = "8, [^0].*",
    expect = FORBIDDEN,
    desc = "An entry is left in the table although nobody holds or wants its key.")
@Outcome(
    expect = FORBIDDEN,
    desc = "An increment is lost: there were two locks for the key, or one let two threads in.")
@State
public class KeyHasOneLock extends KeyedCounter<Integer> {
  /** Outside of the cache of {@code Integer}, so that each thread has a key of its own. */
  private static final int KEY = 1 << 20;

  public KeyHasOneLock() {}

  @Actor
  public void first() {
    increment(KEY);
  }

  @Actor
  public void second() {
    increment(KEY);
  }

  @Arbiter
  public void end(IJ_Result r) {
    report(r);
  }
}
