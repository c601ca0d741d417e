// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.Step;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Who waits for whom between the rounds, and until when. */
class EarlyEndTest {
  private static final long ROUND = 7;

  @Test
  void whoIsBehindIsSeen() {
    EarlyEnd early = new EarlyEnd(3);
    early.begin(0, ROUND);
    early.begin(1, ROUND);
    assertThat(early.haveBegun(0, ROUND)).isFalse();
    early.begin(2, ROUND);
    assertThat(early.haveBegun(0, ROUND)).isTrue();
    assertThat(early.haveBegun(0, ROUND + 1)).isFalse();
    early.begin(1, ROUND + 1);
    early.begin(2, ROUND + 2);
    assertThat(early.haveBegun(0, ROUND + 1)).as("its own round does not matter").isTrue();
  }

  @ContractTest
  void whoIsAheadWaitsForTheLast(Actors actors) throws Exception {
    EarlyEnd early = new EarlyEnd(3);
    Step<Boolean> ahead =
        actors.actor("ahead").startCall(() -> early.awaitBegun(0, ROUND, () -> false));
    ahead.awaitBlocked();
    early.begin(1, ROUND);
    early.begin(2, ROUND - 1);
    ahead.awaitBlocked();
    early.begin(2, ROUND);
    assertThat(ahead.result()).isTrue();
  }

  @ContractTest
  void endOfTheRunEndsTheWaitAndAnInterruptDoesNot(Actors actors) throws Exception {
    EarlyEnd early = new EarlyEnd(2);
    AtomicBoolean ended = new AtomicBoolean();
    Actor actor = actors.actor("ahead");
    Step<Boolean> ahead = actor.startCall(() -> early.awaitBegun(0, ROUND, ended::get));
    ahead.awaitBlocked();
    actor.interrupt();
    ahead.awaitBlocked();
    ended.set(true);
    assertThat(ahead.endedInterrupted()).isFalse();
    assertThat(ahead.result()).isFalse();
  }
}
