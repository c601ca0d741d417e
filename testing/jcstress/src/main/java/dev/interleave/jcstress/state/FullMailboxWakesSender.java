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
 * Two threads send more than the mailbox takes and wait for a place, one behind the other. A test
 * that does not end is a lost wake-up.
 */
@JCStressTest
@Outcome(id = "8", expect = ACCEPTABLE, desc = "All run.")
@Outcome(expect = FORBIDDEN, desc = "An increment is lost.")
@State
public class FullMailboxWakesSender extends ConfinedCounter {
  public FullMailboxWakesSender() {
    super(1);
  }

  private void send() {
    for (int i = 0; i < 4; i++) {
      increment();
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
