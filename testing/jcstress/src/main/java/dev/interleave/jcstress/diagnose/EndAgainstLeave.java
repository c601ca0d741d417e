// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.diagnose;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A wait is over, just when another thread ends it: the one by an exchange of its state, the other
 * by an interrupt as well. The results are whether it was ended, whether its thread has learnt
 * that, and whether it is interrupted when both are through.
 */
@JCStressTest
@Outcome(
    id = "1, 1, 0",
    expect = ACCEPTABLE,
    desc = "Ended first: the waiter knows, and has waited for the interrupt and cleared it.")
@Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "Left first: nobody is interrupted.")
@Outcome(
    id = "., ., 1",
    expect = FORBIDDEN,
    desc = "The interrupt comes, or stays, after the call: it hits what the thread does next.")
@Outcome(
    id = "1, 0, 0",
    expect = FORBIDDEN,
    desc = "Whoever ended it takes the thread for its victim, which knows nothing of it.")
@Outcome(expect = FORBIDDEN, desc = "The waiter gives up although nobody has ended its wait.")
@State
public class EndAgainstLeave {
  private static final Resource RESOURCE =
      new Resource() {
        @Override
        public String name() {
          return "free in a moment";
        }

        @Override
        public String kind() {
          return "thing";
        }

        @Override
        public Owners owners(Wait wait) {
          return Owners.anyone();
        }
      };

  /** Together somewhat longer than it takes to hear of the other one and to leave. */
  private static final int LONGEST_LINGER = 10;

  private volatile @Nullable Wait wait;
  private volatile boolean met;
  private volatile boolean through;

  public EndAgainstLeave() {}

  @Actor
  public void leaves(III_Result r) {
    Wait mine = Waits.enter(RESOURCE, "GET", Wait.Exit.INTERRUPT);
    wait = mine;
    while (!met) {
      Thread.onSpinWait();
    }
    mine.leave();
    r.r2 = mine.failure() == null ? 0 : 1;
    while (!through) {
      Thread.onSpinWait();
    }
    r.r3 = Thread.interrupted() ? 1 : 0;
  }

  @Actor
  public void ends(III_Result r) {
    RuntimeException why = new IllegalStateException("ended by the other one"); // takes its time
    Wait theirs;
    while ((theirs = wait) == null) {
      Thread.onSpinWait();
    }
    met = true;
    // The other one hears of that a little later, and has some steps to take before it is decided.
    for (int i = ThreadLocalRandom.current().nextInt(LONGEST_LINGER); i > 0; i--) {
      Thread.onSpinWait();
    }
    r.r1 = theirs.end(why) ? 1 : 0;
    through = true;
  }
}
