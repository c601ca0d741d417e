// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;

/**
 * Measures how fast histories are checked, and how fast a plain Wing-Gong search is with the same
 * ones. Prints Markdown. To be run by hand: its figures are no tests.
 */
@NullMarked
final class LinearizabilitySpeed {
  private static final int LONG = 10_000;
  private static final int WARM_UP = 10;
  private static final int ROUNDS = 11;
  private static final long MOST_STEPS = 30_000_000;

  private LinearizabilitySpeed() {}

  public static void main(String[] args) throws Exception {
    System.out.println(
        "| history | calls | verdict | checker, ms | configurations | plain, ms | ratio |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (Case it : cases()) {
      measure(it);
    }
  }

  private record Case(String name, Model<?> model, History history) {}

  private static List<Case> cases() throws Exception {
    List<Case> cases = new ArrayList<>();
    cases.add(
        new Case(
            "recorded ArrayBlockingQueue of 16",
            Models.queue(16),
            recorded(new ArrayBlockingQueue<>(16), LONG)));
    cases.add(
        new Case(
            "recorded LinkedBlockingQueue of 1024",
            Models.queue(1024),
            recorded(new LinkedBlockingQueue<>(1024), LONG)));
    for (int capacity : new int[] {16, 1024}) {
      for (int calls : new int[] {50, 1_000, LONG}) {
        History history = simulated(capacity, calls, 4, 1);
        String name = "simulated queue of " + capacity;
        cases.add(new Case(name, Models.queue(capacity), history));
        Optional<History> swapped = swapped(history); // a short one may have no such calls
        swapped.ifPresent(
            it -> cases.add(new Case(name + ", two items swapped", Models.queue(capacity), it)));
      }
    }
    return cases;
  }

  private static void measure(Case it) {
    long[] nanos = new long[ROUNDS];
    Verdict verdict = Verdict.gaveUp("", 0, Duration.ZERO);
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      long start = System.nanoTime();
      verdict = Linearizability.of(it.model).check(it.history);
      nanos[Math.max(round, 0)] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    double checker = nanos[ROUNDS / 2] / 1e6;
    long start = System.nanoTime();
    boolean done = true;
    try {
      new PlainWingGong<>(it.model, MOST_STEPS).isLinearizable(it.history);
    } catch (PlainWingGong.TooLongException e) {
      done = false;
    }
    double plain = (System.nanoTime() - start) / 1e6;
    System.out.printf(
        Locale.ROOT,
        "| %s | %,d | %s | %.2f | %,d | %s%.2f | %s%.1f |%n",
        it.name,
        it.history.operations().size(),
        verdict.kind(),
        checker,
        verdict.configurations(),
        done ? "" : "> ",
        plain,
        done ? "" : "> ",
        plain / checker);
  }

  /** A scheduler that lets each call begin, take effect and end at any time: many overlap. */
  static History simulated(int capacity, int calls, int threads, long seed) {
    Random random = new Random(seed);
    ArrayDeque<Integer> queue = new ArrayDeque<>();
    HistoryBuilder history = History.builder();
    int[] phase = new int[threads];
    int[] item = new int[threads];
    boolean[] puts = new boolean[threads];
    int begun = 0;
    int inside = 0;
    int idle = threads;
    while (begun < calls || idle < threads) {
      int t = random.nextInt(threads);
      String thread = "t" + t;
      switch (phase[t]) {
        case 0 -> {
          if (begun < calls) {
            boolean mayTake = inside > 0;
            puts[t] = !mayTake || (inside < capacity && random.nextInt(capacity) >= inside);
            inside += puts[t] ? 1 : -1;
            item[t] = begun++;
            history = puts[t] ? history.call(thread, "put", item[t]) : history.call(thread, "take");
            phase[t] = 1;
            idle--;
          }
        }
        case 1 -> {
          if (puts[t] && queue.size() < capacity) {
            queue.add(item[t]);
            phase[t] = 2;
          } else if (!puts[t] && !queue.isEmpty()) {
            item[t] = queue.remove();
            phase[t] = 2;
          }
        }
        default -> {
          history = puts[t] ? history.done(thread) : history.returned(thread, item[t]);
          phase[t] = 0;
          idle++;
        }
      }
    }
    return history.build();
  }

  /** Lets two calls return each other's item, the last ones that this makes wrong. */
  static Optional<History> swapped(History history) {
    List<Operation> calls = new ArrayList<>(history.operations());
    for (int i = calls.size() - 1; i >= 0; i--) {
      for (int j = i - 1; j >= 0; j--) {
        Operation late = calls.get(i);
        Operation early = calls.get(j);
        if (late.name().equals("take")
            && early.precedes(late)
            && early.name().equals("take")
            && putOf(early, history).precedes(putOf(late, history))) {
          calls.set(i, late.ended(early.outcome()));
          calls.set(j, early.ended(late.outcome()));
          return Optional.of(new History(calls));
        }
      }
    }
    return Optional.empty();
  }

  private static Operation putOf(Operation take, History history) {
    return history.operations().stream()
        .filter(call -> call.name().equals("put"))
        .filter(call -> take.outcome().equals(Outcome.returned(call.argument(0))))
        .findFirst()
        .orElseThrow();
  }

  /** Two threads put, two take. */
  static History recorded(BlockingQueue<Integer> queue, int calls) throws Exception {
    HistoryRecorder recorder = History.recorder();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < 2; t++) {
        int first = t * calls;
        all.add(
            threads.submit(() -> {
              for (int i = 0; i < calls / 4; i++) {
                int item = first + i;
                recorder.run("put", item, () -> queue.put(item));
              }
              return null;
            }));
        all.add(
            threads.submit(() -> {
              for (int i = 0; i < calls / 4; i++) {
                recorder.call("take", () -> queue.take());
              }
              return null;
            }));
      }
      for (Future<?> each : all) {
        each.get(30, TimeUnit.SECONDS);
      }
    }
    return recorder.history();
  }
}
