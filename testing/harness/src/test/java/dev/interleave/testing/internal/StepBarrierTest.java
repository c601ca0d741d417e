// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.Step;
import java.util.ArrayList;
import java.util.List;

class StepBarrierTest {
  private static final int MEETINGS = 4_000;

  /** What each party does, all at once. */
  private interface Party {
    /** Returns whether it got through to the end. */
    boolean act(StepBarrier barrier, long[] counts, int me);
  }

  /** Lets three parties act, with each kind of patience. */
  private static void together(Actors actors, Party party) throws InterruptedException {
    for (int[] patience : new int[][] {{0, 0}, {50, 3}, {2_000, 10}}) {
      int parties = 3;
      StepBarrier barrier = new StepBarrier(parties, patience[0], patience[1]);
      long[] counts = new long[parties];
      List<Step<Boolean>> steps = new ArrayList<>();
      for (Actor actor : actors.actors(parties, "party")) {
        int me = steps.size();
        steps.add(actor.startCall(() -> party.act(barrier, counts, me)));
      }
      for (Step<Boolean> step : steps) {
        assertThat(step.result()).isTrue();
      }
    }
  }

  /** Parties count on from one another: none may be ahead by more than a meeting. */
  @ContractTest
  void nobodyIsAheadOfAMeeting(Actors actors) throws Exception {
    together(
        actors,
        (barrier, counts, me) -> {
          for (long meeting = 1; meeting <= MEETINGS; meeting += 2) {
            counts[me]++; // plain: the meeting is what makes it seen
            if (!barrier.meet(me, meeting)) {
              return false;
            }
            for (long count : counts) {
              if (count != counts[me]) {
                throw new AssertionError("meeting " + meeting + ": " + count);
              }
            }
            if (!barrier.meet(me, meeting + 1)) {
              return false;
            }
          }
          return true;
        });
  }

  @ContractTest
  void nobodyPassesATurnBeforeTheOthersHaveComeToIt(Actors actors) throws Exception {
    together(
        actors,
        (barrier, counts, me) -> {
          for (long turn = 1; turn <= MEETINGS; turn++) {
            counts[me] = turn; // plain: the turn is what makes it seen
            if (!barrier.pass(me, turn)) {
              return false;
            }
            for (long count : counts) {
              if (count < turn) {
                throw new AssertionError("turn " + turn + ": " + count);
              }
            }
          }
          return true;
        });
  }

  @ContractTest
  void lastOneActsBeforeTheOthersGoOn(Actors actors) throws Exception {
    StepBarrier barrier = new StepBarrier(2, 50, 3);
    List<String> order = new ArrayList<>();
    Step<Boolean> first =
        actors
            .actor("first")
            .startCall(() -> {
              boolean met = barrier.meet(0, 1, () -> order.add("wrong one"));
              order.add("first goes on");
              return met;
            });
    first.awaitBlocked();
    assertThat(actors.actor("last").ask(() -> barrier.meet(1, 1, () -> order.add("last acts"))))
        .isTrue();
    assertThat(first.result()).isTrue();
    assertThat(order).containsExactly("last acts", "first goes on");
  }

  @ContractTest
  void interruptDoesNotEndAWaitAndIsGoneAfterIt(Actors actors) throws Exception {
    StepBarrier barrier = new StepBarrier(2, 0, 0);
    Actor early = actors.actor("early");
    Step<Boolean> waiting = early.startCall(() -> barrier.meet(0, 1));
    waiting.awaitBlocked();
    early.interrupt();
    waiting.awaitBlocked();
    assertThat(actors.actor("late").ask(() -> barrier.meet(1, 1))).isTrue();
    assertThat(waiting.endedInterrupted()).isFalse();
    assertThat(waiting.result()).isTrue();
  }

  @ContractTest
  void shatteringEndsAllWaitsForGood(Actors actors) throws Exception {
    StepBarrier barrier = new StepBarrier(3, 50, 3);
    Step<Boolean> one = actors.actor("one").startCall(() -> barrier.meet(0, 1));
    Step<Boolean> other = actors.actor("other").startCall(() -> barrier.meet(1, 1));
    one.awaitBlocked();
    other.awaitBlocked();
    assertThat(barrier.isShattered()).isFalse();
    barrier.shatter();
    assertThat(one.result()).isFalse();
    assertThat(other.result()).isFalse();
    assertThat(barrier.isShattered()).isTrue();
    assertThat(actors.actor("late").ask(() -> barrier.meet(2, 1))).isFalse();
  }
}
