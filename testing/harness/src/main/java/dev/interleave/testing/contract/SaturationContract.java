// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.opentest4j.TestAbortedException;

/** What an executor that takes so many tasks and no more does with one too many. */
abstract class SaturationContract extends ShutdownContract {
  private static final int WAITING = 3;

  /** With all threads busy and all places taken, each form is rejected; then it works again. */
  @ContractTest
  public void fullExecutorRejects(Actors actors) throws InterruptedException {
    Actor client = actors.actor("client");
    for (int places : new int[] {1, WAITING}) {
      try (Workplace place = bounded(places)) {
        for (int round = 0; round < 2; round++) {
          List<Held> tasks = new ArrayList<>();
          for (int i = 0; i < THREADS + places; i++) {
            Held task = place.held();
            accept(client, place, task);
            if (i < THREADS) {
              task.awaitBegun();
            }
            tasks.add(task);
          }
          AtomicInteger ran = new AtomicInteger();
          for (Submission how : Submission.ALL) {
            client
                .start(() -> how.to(place.executor(), ran::incrementAndGet))
                .failure(RejectedExecutionException.class);
          }
          for (Held task : tasks) {
            task.release();
          }
          for (Held task : tasks) {
            task.awaitEnded();
          }
          assertEquals(0, ran.get(), "rejected, but run");
        }
      }
    }
  }

  /** The bound holds in any crowd, and what was accepted is run, once: a stress. */
  @ContractTest
  public void boundIsNeverPassed(Actors actors) throws InterruptedException {
    AtomicLong accepted = new AtomicLong(); // counted when the submission is over
    AtomicLong ended = new AtomicLong(); // counted before the task is over
    try (Workplace place = bounded(WAITING)) {
      actors.race(
          actors.actors(4, "client"),
          stressTime(),
          (racer, round) -> {
            try {
              place
                  .executor()
                  .execute(() -> {
                    pause();
                    ended.incrementAndGet();
                  });
              accepted.incrementAndGet();
            } catch (RejectedExecutionException full) {
              pause();
            }
            long inside = accepted.get() - ended.get();
            assertTrue(inside <= THREADS + WAITING, () -> "at least " + inside + " tasks inside");
          });
      place.executor().shutdown();
      place.assertTerminates();
    }
    assertEquals(accepted.get(), ended.get(), "accepted, and run");
    assertTrue(ended.get() > 0, "nothing was accepted");
  }

  private Workplace bounded(int waiting) {
    ExecutorService executor = createBounded(THREADS, waiting);
    if (executor == null) {
      throw new TestAbortedException("takes any number of tasks");
    }
    return new Workplace(executor, patience(), ownsThreads());
  }

  /** Hands over a task, in time: one before it has ended a little before its place is free. */
  private void accept(Actor client, Workplace place, Held task) throws InterruptedException {
    Step<Boolean> accepting =
        client.startCall(
            () -> Waiting.holdsWithin(() -> accepts(place.executor(), task), patience()));
    assertTrue(accepting.result(), () -> "rejects though there is room: " + place);
  }

  private static boolean accepts(ExecutorService executor, Held task) {
    try {
      executor.execute(task);
      return true;
    } catch (RejectedExecutionException full) {
      return false;
    }
  }
}
