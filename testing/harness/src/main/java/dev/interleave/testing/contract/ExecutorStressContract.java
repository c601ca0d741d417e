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
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Many clients at once, and an end in the middle: each accepted task runs once, or is returned. */
abstract class ExecutorStressContract extends SaturationContract {
  private static final int CLIENTS = 3;
  private static final int BATCH = 8;

  private static final long SEED = 33;

  /** How many tasks a client hands over at most. */
  private static final int MOST = 1_000;

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
    List<Actor> clients = actors.actors(CLIENTS, "client");
    Actor ender = actors.actor("ender");
    SplittableRandom random = new SplittableRandom(SEED);
    long start = System.nanoTime();
    do {
      try (Workplace place = workplace()) {
        ExecutorService executor = place.executor();
        boolean close = random.nextBoolean();
        Rush rush = new Rush(place, random.nextInt(MOST));
        List<Counted> accepted =
            rush.run(clients, ender, close ? executor::close : executor::shutdown);
        place.assertTerminates();
        for (Counted task : accepted) {
          assertEquals(1, task.runs.get(), "runs of an accepted task");
        }
      }
    } while (System.nanoTime() - start < Waiting.nanos(stressTime()));
  }

  /** Shut down in a hurry: what was accepted has run, or is returned, and never both. */
  @ContractTest
  public void shutdownNowInFullTrafficLosesNothing(Actors actors) throws InterruptedException {
    assumeTrue(shutdownNowReturnsWaiting(), "what has not begun need not be returned");
    List<Actor> clients = actors.actors(CLIENTS, "client");
    Actor ender = actors.actor("ender");
    SplittableRandom random = new SplittableRandom(SEED);
    long start = System.nanoTime();
    do {
      try (Workplace place = workplace()) {
        Set<Runnable> returned = Collections.newSetFromMap(new IdentityHashMap<>());
        Rush rush = new Rush(place, random.nextInt(MOST));
        List<Counted> accepted =
            rush.run(clients, ender, () -> returned.addAll(place.executor().shutdownNow()));
        place.assertTerminates();
        int run = 0;
        for (Counted task : accepted) {
          int runs = task.runs.get();
          assertTrue(runs <= 1, "an accepted task was run twice");
          assertTrue(runs == 0 || !returned.contains(task), "run, and returned too");
          run += runs;
        }
        assertEquals(accepted.size(), run + returned.size(), "accepted: run or returned");
      }
    } while (System.nanoTime() - start < Waiting.nanos(stressTime()));
  }

  /** Clients that hand over tasks until one is rejected, and someone who sees to that. */
  private static final class Rush {
    private final Workplace place;
    private final int many;
    private final AtomicInteger accepted = new AtomicInteger();

    Rush(Workplace place, int many) {
      this.place = place;
      this.many = many;
    }

    /** Lets the clients begin, ends the executor when so many are accepted, and returns those. */
    List<Counted> run(List<Actor> clients, Actor ender, Task ending) throws InterruptedException {
      List<Step<List<Counted>>> submitting =
          clients.stream().map(client -> client.startCall(this::submitUntilRejected)).toList();
      ender.run(() -> {
        Waiting.until(() -> accepted.get() >= many, place.patience(), () -> "too few: " + accepted);
        ending.run();
      });
      List<Counted> all = new ArrayList<>();
      for (Step<List<Counted>> client : submitting) {
        all.addAll(client.result());
      }
      return all;
    }

    private List<Counted> submitUntilRejected() throws InterruptedException {
      List<Counted> mine = new ArrayList<>();
      Counted task = new Counted();
      try {
        while (true) {
          if (mine.size() >= MOST) { // those that wait must not fill the heap
            Waiting.until(
                place.executor()::isShutdown, place.patience(), () -> "not shut down: " + place);
          }
          place.executor().execute(task);
          accepted.incrementAndGet();
          mine.add(task);
          task = new Counted();
        }
      } catch (RejectedExecutionException end) {
        assertEquals(0, task.runs.get(), "rejected, but run");
        return mine;
      }
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
