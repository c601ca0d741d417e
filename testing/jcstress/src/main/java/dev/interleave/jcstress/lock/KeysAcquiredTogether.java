// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.OrderedLockManager;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIJ_Result;

/** Two threads acquire the same two keys, the one asking for them in the opposite order. */
@JCStressTest
@Outcome(id = "2, 2, 0", expect = ACCEPTABLE, desc = "One after the other, and nothing left.")
@Outcome(
    expect = FORBIDDEN,
    desc = "Both were in at once, or one had one of the keys only, or an entry is left.")
@State
public class KeysAcquiredTogether {
  private final OrderedLockManager<Integer> manager = OrderedLockManager.natural();
  private int left;
  private int right;

  public KeysAcquiredTogether() {}

  @Actor
  public void upwards() {
    both(List.of(1, 2));
  }

  @Actor
  public void downwards() {
    both(List.of(2, 1));
  }

  private void both(List<Integer> keys) {
    try (var guard = manager.acquire(keys)) {
      left++;
      Thread.onSpinWait();
      right++;
    }
  }

  @Arbiter
  public void end(IIJ_Result r) {
    r.r1 = left;
    r.r2 = right;
    r.r3 = manager.stats().keys();
  }
}
