// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.state;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The owner is about to park, again and again, while two threads send to it and wait for the
 * answer. A test that does not end is a lost wake-up.
 */
@JCStressTest
@Outcome(id = "6", expect = ACCEPTABLE, desc = "All answered.")
@Outcome(expect = FORBIDDEN, desc = "An increment is lost.")
@State
public class IdleOwnerIsWoken extends ConfinedCounter {
  public IdleOwnerIsWoken() {
    super(2);
  }

  private void send() {
    for (int i = 0; i < 3; i++) {
      incrementAndWait();
      for (int k = 0; k < 20 * i; k++) { // until the owner does not look any more
        Thread.onSpinWait();
      }
    }
  }

  @Actor
  public void sender1() {
    send();
  }

  @Actor
  public void sender2() {
    send();
  }

  @Arbiter
  public void count(I_Result r) {
    r.r1 = closed();
  }
}
