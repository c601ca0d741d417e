// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.Guard;
import dev.interleave.lock.OrderedLockManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IJ_Result;

/**
 * A thread acquires so many keys that the table grows, while another takes and releases others:
 * their entries are moved, or come and go, while their bins are moved.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "Nobody was in who should not, and none is left.")
@Outcome(
    id = "0, [^0].*",
    expect = FORBIDDEN,
    desc = "An entry is left in the table although nobody holds or wants its key.")
@Outcome(expect = FORBIDDEN, desc = "A key was not released, or not held when it should.")
@State
public class KeyIsMovedOnce {
  private static final int MANY = 260;
  private static final int FEW = 8;
  private static final int FIRST_OF_FEW = 1000;

  /** The last ones have one hash code, and so make the table grow when they come. */
  private record Key(int n) implements Comparable<Key> {
    @Override
    public int hashCode() {
      return n < MANY ? Math.min(n, MANY - 16) : n;
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

  private static final List<Key> ALL = new ArrayList<>();

  static {
    for (int n = 0; n < MANY; n++) {
      ALL.add(new Key(n));
    }
  }

  private final OrderedLockManager<Key> manager = OrderedLockManager.natural();
  private volatile boolean grown;
  private int wrong;

  public KeyIsMovedOnce() {}

  @Actor
  public void grows() {
    try (Guard all = manager.acquire(ALL)) {
      grown = true;
    }
  }

  @Actor
  public void comesAndGoes() {
    int turns = 0;
    while (!grown && turns < 100) {
      for (int i = 0; i < FEW; i++) {
        Key key = new Key(FIRST_OF_FEW + i);
        Lock lock = manager.lock(key);
        lock.lock();
        try {
          if (manager.holders(key).size() != 1) {
            wrong++;
          }
        } finally {
          lock.unlock();
        }
        if (!manager.holders(key).isEmpty()) {
          wrong++;
        }
      }
      turns++;
    }
  }

  @Arbiter
  public void end(IJ_Result r) {
    r.r1 = wrong;
    r.r2 = manager.stats().keys();
  }
}
