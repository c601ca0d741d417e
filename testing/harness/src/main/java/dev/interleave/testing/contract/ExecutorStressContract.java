// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Many clients at once, and an end in the middle: each accepted task runs once, or is returned. */
abstract class ExecutorStressContract extends SaturationContract {
  private static final int CLIENTS = 3;
  private static final int BATCH = 8;

  /** How many tasks a client hands over at most, lest those that wait fill the heap. */
  private static final int MOST = 20_000;

  /** Each task runs, once, whoever handed it over, and by whatever form. */
  @ContractTest
  public void everyTaskRunsOnce(Actors actors) throws InterruptedException {
    try (Workplace place = workplace()) {
      actors.race(
          actors.actors(CLIENTS, "client"),
          stressTime(),
          (racer, round) -> {
            List<AtomicInteger> runs = new ArrayList<>();
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
              AtomicInteger count = new AtomicInteger();
              runs.add(count);
              if (i % 2 == 0) {
                futures.add(place.executor().submit(count::incrementAndGet));
              } else {
                Submission.ALL
                    .get((round + i) % Submission.ALL.size())
                    .to(place.executor(), count::incrementAndGet);
              }
            }
            for (Future<?> future : futures) {
              future.get();
            }
            for (AtomicInteger count : runs) {
              Waiting.until(() -> count.get() > 0, patience(), () -> "not run");
              assertEquals(1, count.get(), "runs of one task");
            }
          });
    }
  }

  /** Shut down in full traffic: what was accepted runs, what was rejected does not. */
  @ContractTest
  public void shutdownInFullTrafficLosesNothing(Actors actors) throws InterruptedException {
    for (boolean close : new boolean[] {true, false}) {
      try (Workplace place = workplace()) {
        List<Counted> accepted =
            traffic(actors, place, close ? place.executor()::close : place.executor()::shutdown);
        place.assertTerminates();
        for (Counted task : accepted) {
          assertEquals(1, task.runs.get(), "runs of an accepted task");
        }
      }
    }
  }

  /** Shut down in a hurry: what was accepted has run, or is returned, and never both. */
  @ContractTest
  public void shutdownNowInFullTrafficLosesNothing(Actors actors) throws InterruptedException {
    assumeTrue(shutdownNowReturnsWaiting(), "what has not begun need not be returned");
    try (Workplace place = workplace()) {
      Set<Runnable> returned = Collections.newSetFromMap(new IdentityHashMap<>());
      List<Counted> accepted =
          traffic(actors, place, () -> returned.addAll(place.executor().shutdownNow()));
      place.assertTerminates();
      int run = 0;
      for (Counted task : accepted) {
        run += task.runs.get();
        assertTrue(task.runs.get() <= 1, "an accepted task was run twice");
      }
      assertEquals(accepted.size(), run + returned.size(), "accepted: run or returned");
      for (Counted task : accepted) {
        assertTrue(task.runs.get() == 0 || !returned.contains(task), "run, and returned too");
      }
    }
  }

  /** Lets clients hand over tasks until one is rejected; none of those runs. */
  private List<Counted> traffic(Actors actors, Workplace place, Task ending)
      throws InterruptedException {
    List<Step<List<Counted>>> clients = new ArrayList<>();
    for (Actor client : actors.actors(CLIENTS, "client")) {
      clients.add(client.startCall(() -> submitUntilRejected(place)));
    }
    LockSupport.parkNanos(Waiting.nanos(stressTime()) / 4); // something to disturb; no proof
    actors.actor("ender").run(ending);
    List<Counted> accepted = new ArrayList<>();
    for (Step<List<Counted>> client : clients) {
      accepted.addAll(client.result());
    }
    return accepted;
  }

  private static List<Counted> submitUntilRejected(Workplace place)
      throws InterruptedException {
    List<Counted> accepted = new ArrayList<>();
    Counted task = new Counted();
    try {
      while (true) {
        if (accepted.size() >= MOST) {
          Waiting.until(
              place.executor()::isShutdown, place.patience(), () -> "not shut down: " + place);
        }
        place.executor().execute(task);
        accepted.add(task);
        task = new Counted();
      }
    } catch (RejectedExecutionException end) {
      Counted rejected = task;
      assertEquals(0, rejected.runs.get(), "rejected, but run");
      return accepted;
    }
  }

  private static final class Counted implements Runnable {
    private final AtomicInteger runs = new AtomicInteger();

    @Override
    public void run() {
      runs.incrementAndGet();
    }
  }
}
