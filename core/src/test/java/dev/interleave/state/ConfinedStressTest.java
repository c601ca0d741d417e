// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.History;
import dev.interleave.testing.HistoryRecorder;
import dev.interleave.testing.Linearizability;
import dev.interleave.testing.Model;
import dev.interleave.testing.Stress;
import dev.interleave.testing.Transition;
import dev.interleave.testing.Verdict;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Races on {@link Confined}, and whether a list that is confined is a list. */
@SuppressWarnings("FutureReturnValueIgnored") // the next call tells
class ConfinedStressTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration TIME = Duration.ofMillis(700);
  private static final int HISTORIES = Boolean.getBoolean("interleave.thorough") ? 2_000 : 100;

  /** A counter, what became of the attempts to increment it, and the futures. */
  private static final class Counter {
    final int[] value = new int[1];
    final Confined<int[]> confined;

    Counter(int capacity) {
      confined = Confined.builder(() -> value).capacity(capacity).build();
    }

    String increment() throws Exception {
      try {
        return String.valueOf(confined.submit(c -> ++c[0]).get());
      } catch (ConfinedClosedException e) {
        return "rejected";
      }
    }

    int closed() {
      confined.close();
      return value[0];
    }
  }

  @ParameterizedTest
  @EnumSource
  void noIncrementIsLost(ThreadKind kind) throws Exception {
    Stress.on(() -> new Counter(1))
        .actorReturning("a", Counter::increment)
        .actorReturning("b", Counter::increment)
        .arbiter(Counter::closed)
        .expect(Stress.outcome("1", "2", 2), "a first")
        .expect(Stress.outcome("2", "1", 2), "b first")
        .threads(kind)
        .run(TIME)
        .assertHolds();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsAcceptedRunsAndWhatIsRejectedDoesNot(ThreadKind kind) throws Exception {
    Stress.on(() -> new Counter(2))
        .actorReturning("submits", Counter::increment)
        .actor("closes", counter -> counter.confined.close())
        .arbiter(Counter::closed)
        .expect(Stress.outcome("1", 1), "accepted, and run")
        .expect(Stress.outcome("rejected", 0), "rejected, and not run")
        .threads(kind)
        .run(TIME)
        .assertHolds();
  }

  /** A cancelled function has not run; one that was not cancelled has. */
  @ParameterizedTest
  @EnumSource
  void cancelledMeansNotRun(ThreadKind kind) throws Exception {
    Stress.on(() -> new Counter(2))
        .actorReturning("cancels", counter -> counter.confined.submit(c -> ++c[0]).cancel(true))
        .actorReturning(
            "throws away",
            counter -> {
              List<Function<? super int[], ?>> discarded = counter.confined.closeNow();
              return discarded.size();
            })
        .arbiter(counter -> counter.closed() + (int) counter.confined.stats().rejected())
        .expect(Stress.outcome(true, 0, 0), "cancelled")
        .expect(Stress.outcome(false, 0, 1), "run")
        .expect(Stress.outcome(false, 1, 0), "thrown away")
        .expect(
            Stress.outcome(new Stress.Thrown("cancels", ConfinedClosedException.class), 0, 1),
            "closed before: counted as rejected")
        .threads(kind)
        .run(TIME)
        .assertHolds();
  }

  // ------------------------------------------------------------------ linearizability

  /** A list in words: its items in order. */
  private static final Model<List<Integer>> LIST =
      Model.of(
          List.of(),
          (list, call) ->
              switch (call.name()) {
                case "add" -> {
                  List<Integer> next = new ArrayList<>(list);
                  next.add(call.intArgument(0, 0));
                  yield Transition.returning(next.size(), List.copyOf(next));
                }
                case "removeFirst" ->
                    list.isEmpty()
                        ? Transition.returning(-1, list)
                        : Transition.returning(list.get(0), list.subList(1, list.size()));
                case "all" -> Transition.returning(list.toString(), list);
                default -> throw call.unknown("add, removeFirst, all");
              });

  private static int add(List<Integer> list, int item) {
    list.add(item);
    return list.size();
  }

  private static int removeFirst(List<Integer> list) {
    return list.isEmpty() ? -1 : list.removeFirst();
  }

  @ParameterizedTest
  @EnumSource
  void aConfinedListIsLinearizable(ThreadKind kind) throws Exception {
    for (int i = 0; i < HISTORIES; i++) {
      Confined<List<Integer>> list =
          Confined.<List<Integer>>builder(ArrayList::new).capacity(2).build();
      History history =
          record(
              kind,
              (recorder, item) -> {
                recorder.call("add", item, () -> list.<Integer>call(l -> add(l, item)));
                recorder.call("all", () -> list.<String>call(List::toString));
                recorder.call(
                    "removeFirst",
                    () -> list.<Integer>submit(ConfinedStressTest::removeFirst).get());
              });
      list.close();
      Linearizability.of(LIST).check(history).assertHolds();
    }
  }

  /** The check can fail: a list that adds some time after it has said so. */
  @ParameterizedTest
  @EnumSource
  void aListThatAnswersTooEarlyIsFoundOut(ThreadKind kind) throws Exception {
    CyclicBarrier asked = new CyclicBarrier(3);
    Confined<List<Integer>> list = Confined.of(ArrayList::new);
    History history =
        record(
            kind,
            (recorder, item) -> {
              recorder.call(
                  "add",
                  item,
                  () -> {
                    int early = list.<Integer>call(l -> l.size() + 1);
                    asked.await();
                    list.<Integer>call(l -> add(l, item));
                    return early;
                  });
            });
    list.close();
    assertThat(Linearizability.of(LIST).check(history).kind())
        .as("three adds returned the same size")
        .isEqualTo(Verdict.Kind.VIOLATED);
  }

  private interface Calls {
    void make(HistoryRecorder recorder, int item) throws Exception;
  }

  /** What three threads record that begin together. */
  private static History record(ThreadKind kind, Calls calls) throws Exception {
    HistoryRecorder recorder = History.recorder();
    CyclicBarrier together = new CyclicBarrier(3);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Stream.of(1, 2, 3)
          .map(item ->
              actors
                  .actor("thread-" + item)
                  .start(() -> {
                    together.await();
                    calls.make(recorder, item);
                  }))
          .toList()
          .forEach(step -> {
            try {
              step.result();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
    }
    return recorder.history();
  }
}
