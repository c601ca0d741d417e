// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.pool;

import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.pool.MonitoredPool;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** The states of a future, what happens when it ends, and what it means to cancel it. */
public final class FutureStates implements Example {
  /** Made by the tour. */
  public FutureStates() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new FutureStates());
  }

  @Override
  public String shows() {
    return "Futures of a pool: running and waiting, succeeded, failed, cancelled before and while"
        + " they run, a chain of steps of which each sees the result of the one before, and waiting"
        + " for all or for any of them.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    try (MonitoredPool pool = MonitoredPool.builder("futures").threads(1, 1).build()) {
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch never = new CountDownLatch(1);
      CountDownLatch interrupted = new CountDownLatch(1);
      Callable<String> staying =
          () -> {
            begun.countDown();
            try {
              never.await();
              return "never";
            } catch (InterruptedException e) {
              interrupted.countDown();
              throw e;
            }
          };
      CompletableFuture<String> running = pool.submit(staying);
      begun.await(); // all threads are taken now, so what comes next has to wait
      CompletableFuture<String> waiting = pool.submit(() -> "never");
      out.println("the first: " + running.state() + ", the second: " + waiting);
      Expect.equal("not done", Future.State.RUNNING, running.state());

      Expect.that("a waiting one can be cancelled", waiting.cancel(true));
      Expect.that("and a running one, too", running.cancel(true));
      interrupted.await();
      out.println("cancelled: " + waiting.state() + ", " + running.state());
      Expect.thrown(CancellationException.class, running::get);

      CompletableFuture<Integer> failed = pool.submit(() -> Integer.parseInt("three"));
      ExecutionException failure = Expect.thrown(ExecutionException.class, failed::get);
      out.println("failed: " + failed.state() + ", " + failure.getCause());
      chain(pool, out);
      waits(pool, out);
    }
    return "2 cancelled, 1 failed, 1 chain of 3 steps, 5 awaited of which 1 failed";
  }

  /** Each step gets what the one before returned; there is no sleep that waits for callbacks. */
  private static void chain(MonitoredPool pool, PrintStream out) throws Exception {
    String result =
        pool.submit(() -> "PIPELINE_001")
            .thenApply(id -> id + " step1")
            .thenApplyAsync(text -> text + " step2", pool)
            .whenComplete((text, thrown) -> out.println(thrown == null ? text : "" + thrown))
            .thenApply(text -> text + " final")
            .get();
    Expect.equal("all steps", "PIPELINE_001 step1 step2 final", result);
  }

  /** Five tasks of which the third fails. */
  private static void waits(MonitoredPool pool, PrintStream out) throws Exception {
    List<CompletableFuture<Integer>> all =
        List.of(1, 2, 3, 4, 5).stream().map(id -> pool.submit(() -> task(id))).toList();
    CompletableFuture<?> end = CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    Expect.thrown(ExecutionException.class, end::get); // and yet all are done
    List<Future.State> states = all.stream().map(Future::state).toList();
    out.println(states);
    Expect.equal("the third", Future.State.FAILED, states.get(2));
    Expect.equal("succeeded", 4L, states.stream().filter(Future.State.SUCCESS::equals).count());
    Object first = CompletableFuture.anyOf(all.get(0), all.get(1)).get();
    Expect.that("any of two", first.equals(1) || first.equals(2));
  }

  private static int task(int id) {
    if (id % 3 == 0) {
      throw new IllegalStateException("task " + id);
    }
    return id;
  }
}
