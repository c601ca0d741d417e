// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Many subtasks, that end in all ways at all times. */
abstract class ScopeStressContract extends CancellationContract {
  private static final int OWNERS = 3;
  private static final int CHILDREN = 12;
  private static final int DEPTH = 4;

  /** What the owner wrote before the fork is seen by the subtask, and the other way round. */
  @ContractTest
  public void ownerAndSubtaskSeeWhatTheOtherWrote(Actors actors) throws InterruptedException {
    long[][] plain = new long[OWNERS][CHILDREN];
    actors.race(
        actors.actors(OWNERS, "owner"),
        stressTime(),
        (racer, round) -> {
          long[] mine = plain[racer];
          try (TestedScope scope = open(ScopePolicy.ALL_SUCCESSFUL, null)) {
            List<TestedSubtask<Long>> subtasks = new ArrayList<>();
            for (int i = 0; i < CHILDREN; i++) {
              int place = i;
              mine[place] = round;
              subtasks.add(
                  scope.fork(() -> {
                    pause();
                    mine[place]++;
                    return mine[place];
                  }));
            }
            scope.join();
            for (int i = 0; i < CHILDREN; i++) {
              assertEquals(round + 1, mine[i], "written by a subtask, read after the join");
              assertEquals(round + 1, subtasks.get(i).get(), "result of a subtask");
            }
          }
        });
  }

  /** Each subtask runs once, and its outcome is its own. */
  @ContractTest
  public void everyOutcomeIsSeen(Actors actors) throws InterruptedException {
    actors.race(
        actors.actors(OWNERS, "owner"),
        stressTime(),
        (racer, round) -> {
          AtomicInteger runs = new AtomicInteger();
          Exception failure = new Exception("failed");
          try (TestedScope scope = open(ScopePolicy.AWAIT_ALL, null)) {
            List<TestedSubtask<Integer>> subtasks = new ArrayList<>();
            for (int i = 0; i < CHILDREN; i++) {
              int number = i;
              subtasks.add(
                  scope.fork(() -> {
                    runs.incrementAndGet();
                    if ((number + round) % 3 == 0) {
                      throw failure;
                    }
                    return number;
                  }));
            }
            scope.join();
            assertEquals(CHILDREN, runs.get(), "runs");
            for (int i = 0; i < CHILDREN; i++) {
              TestedSubtask<Integer> subtask = subtasks.get(i);
              if ((i + round) % 3 == 0) {
                assertEquals(TestedSubtask.State.FAILED, subtask.state());
                assertSame(failure, subtask.exception());
              } else {
                assertEquals(TestedSubtask.State.SUCCESS, subtask.state());
                assertEquals(i, subtask.get());
              }
            }
          }
        });
  }

  /**
   * Several may fail at once, at any time: join throws for one of them, and close waits for all.
   */
  @ContractTest
  public void failuresMeet(Actors actors) throws InterruptedException {
    List<SplittableRandom> randoms = new ArrayList<>();
    for (int i = 0; i < OWNERS; i++) {
      randoms.add(new SplittableRandom(i));
    }
    actors.race(
        actors.actors(OWNERS, "owner"),
        stressTime(),
        (racer, round) -> {
          int failing = 1 + randoms.get(racer).nextInt(CHILDREN);
          AtomicInteger running = new AtomicInteger();
          Exception failure = new Exception("failed");
          TestedScope scope = open(ScopePolicy.ALL_SUCCESSFUL, null);
          try (scope) {
            for (int i = 0; i < CHILDREN; i++) {
              boolean fails = i < failing;
              scope.fork(() -> {
                running.incrementAndGet();
                try {
                  pause();
                  if (fails) {
                    throw failure;
                  }
                  return "good";
                } finally {
                  pause();
                  running.decrementAndGet();
                }
              });
            }
            assertFails(scope, failure);
          }
          assertEquals(0, running.get(), "subtasks that go on after close()");
        });
  }

  /** Scopes nest: each level waits for the one below. */
  @ContractTest
  public void scopesNest(Actors actors) throws InterruptedException {
    Actor owner = actors.actor("owner");
    assertEquals(1 << DEPTH, owner.call(() -> leaves(DEPTH)), "leaves of a tree of subtasks");
  }

  private int leaves(int depth) throws Exception {
    if (depth == 0) {
      return 1;
    }
    try (TestedScope scope = open(ScopePolicy.ALL_SUCCESSFUL, null)) {
      TestedSubtask<Integer> left = scope.fork(() -> leaves(depth - 1));
      TestedSubtask<Integer> right = scope.fork(() -> leaves(depth - 1));
      scope.join();
      return left.get() + right.get();
    }
  }

  private void assertFails(TestedScope scope, Exception failure) throws Exception {
    try {
      scope.join();
    } catch (Exception thrown) {
      if (failedException().isInstance(thrown)) {
        assertSame(failure, thrown.getCause(), "the cause of " + thrown);
        assertTrue(scope.isCancelled(), "isCancelled()");
        return;
      }
      throw thrown;
    }
    throw new AssertionError("join returned though subtasks failed");
  }

  @SuppressWarnings("ThreadPriorityCheck") // so that they meet in other places each time
  private static void pause() {
    Thread.yield();
  }
}
