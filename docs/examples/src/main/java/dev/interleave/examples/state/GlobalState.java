// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.state;

import dev.interleave.Guard;
import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.state.Versioned;
import dev.interleave.state.VersionedState;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Settings that five workers read and change, instead of global variables. */
public final class GlobalState implements Example {
  private static final int WORKERS = 5;
  private static final int OPERATIONS = 20;

  /**
   * All that is global, as one value: the settings, and how often they were asked for or changed.
   */
  private record Settings(Map<String, Integer> values, int accesses) {
    /** A batch: all of it, or nothing. */
    Settings with(Consumer<Map<String, Integer>> changes) {
      Map<String, Integer> next = new HashMap<>(values);
      changes.accept(next);
      return new Settings(Map.copyOf(next), accesses + 1);
    }

    Settings accessed() {
      return new Settings(values, accesses + 1);
    }
  }

  private final VersionedState<Settings> state =
      VersionedState.builder(new Settings(Map.of(), 0)).name("settings").build();

  /** Made by the tour. */
  public GlobalState() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new GlobalState());
  }

  @Override
  public String shows() {
    return "Global settings without global variables: atomic batches, a compare-and-set by version,"
        + " and a listener that is told of the last version.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    AtomicLong told = new AtomicLong();
    AtomicInteger backwards = new AtomicInteger();
    Guard listening =
        state.listen(latest -> {
          if (told.getAndSet(latest.version()) >= latest.version()) {
            backwards.incrementAndGet();
          }
        });
    try (listening;
        Crew crew = new Crew()) {
      CyclicBarrier start = new CyclicBarrier(WORKERS);
      for (int w = 0; w < WORKERS; w++) {
        int worker = w;
        crew.virtual(
            "worker-" + w,
            () -> {
              start.await();
              for (int i = 0; i < OPERATIONS; i++) {
                operation(worker, i);
              }
            });
      }
      crew.join();
    }

    Versioned<Settings> all = state.update(Settings::accessed);
    out.printf("version %d: %s%n", all.version(), all.value());
    Expect.equal("accesses", 101, all.value().accesses());
    Expect.equal("versions", 101L, all.version());
    Expect.equal("keys", WORKERS * 4, all.value().values().size());
    Expect.equal("told last, while it listened", 100L, told.get());
    Expect.equal("told out of order", 0, backwards.get());

    Expect.that("nobody was faster", state.compareAndSet(101, all.value().accessed()));
    Expect.that("somebody was faster", !state.compareAndSet(101, all.value()));
    out.println(state.stats());
    return "100 operations of 5 workers and 1 look at all: 101 accesses, 101 versions";
  }

  /** Sets, reads, changes a pair at once, or deletes; on five keys of its own. */
  private void operation(int worker, int i) {
    String key = "key_" + worker + "_" + i % 4;
    String pair = "key_" + worker + "_4";
    switch (i % 4) {
      case 0 -> state.update(settings -> settings.with(values -> values.put(key, i)));
      case 1 -> state.update(Settings::accessed);
      case 2 ->
          state.update(settings ->
              settings.with(values -> {
                values.put(key, i);
                values.put(pair, i);
              }));
      default ->
          state.update(settings ->
              settings.with(values -> {
                values.remove(pair);
                values.put(key, values.size());
                values.put("key_" + worker + "_1", i);
              }));
    }
  }
}
