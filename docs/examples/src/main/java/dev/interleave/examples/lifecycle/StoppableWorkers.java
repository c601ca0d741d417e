// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lifecycle;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.lifecycle.Service;
import dev.interleave.lifecycle.StopToken;
import dev.interleave.lifecycle.Threads;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Workers that tick: three that count to five, one that is stopped in its sleep. */
public final class StoppableWorkers implements Example {
  private static final int WORKERS = 3;
  private static final int TICKS = 5;
  private static final Duration TICK = Duration.ofMillis(2);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AtomicInteger ticks = new AtomicInteger();
  private final Threads threads = Threads.platform("Worker-{n}").daemon(true).build();

  /** Made by the tour. */
  public StoppableWorkers() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new StoppableWorkers());
  }

  @Override
  public String shows() {
    return "Workers that can be stopped: a stop wakes one that sleeps, done, stopped and failed are"
        + " three different ends, and none of them is silent.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    List<Service> workers = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      workers.add(worker("Worker-" + i, TICK));
    }
    for (Service worker : workers) {
      worker.start(Deadline.after(PATIENCE));
    }
    for (Service worker : workers) {
      Expect.that(worker.name() + " ends", worker.awaitEnd(Deadline.after(PATIENCE)));
      out.println(
          worker.name()
              + " is "
              + worker.state()
              + ", asked to stop: "
              + worker.status().stopReason().orElse("never"));
    }
    Expect.equal("ticks", WORKERS * TICKS, ticks.get());

    Service sleeper = worker("Sleeper", Duration.ofDays(1));
    sleeper.start(Deadline.after(PATIENCE));
    StopReport report = sleeper.stop("the day is too long", Duration.ofHours(1));
    out.println(
        sleeper.name()
            + " is "
            + sleeper.state()
            + ", asked to stop: "
            + sleeper.status().stopReason().orElse("never"));
    Expect.equal("ended by itself, without waiting for its day", 1L, report.drained());

    Service broken =
        Service.builder(
                "Broken",
                (stop, ready) -> {
                  ready.run();
                  throw new IllegalStateException("no disk");
                })
            .onError(e -> out.println("told: " + e))
            .build();
    broken.start();
    Expect.that("it ends", broken.awaitEnd(Deadline.after(PATIENCE)));
    out.println("Broken is " + broken.state());
    Expect.equal("state", Service.State.FAILED, broken.state());
    return "3 workers x 5 ticks, 1 woken by its stop, 1 failed and told";
  }

  private Service worker(String name, Duration tick) {
    return Service.builder(name, (stop, ready) -> count(stop, ready, tick))
        .threads(threads)
        .build();
  }

  private void count(StopToken stop, Runnable ready, Duration tick) throws InterruptedException {
    ready.run();
    for (int i = 0; i < TICKS && stop.sleep(tick); i++) {
      ticks.incrementAndGet();
    }
  }
}
