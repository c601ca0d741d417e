// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.History;
import dev.interleave.testing.HistoryRecorder;
import dev.interleave.testing.Linearizability;
import dev.interleave.testing.Model;
import dev.interleave.testing.Stress;
import dev.interleave.testing.StressReport;
import dev.interleave.testing.Transition;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Races on {@link VersionedState}, and whether it is a register with versions. */
class VersionedStateStressTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration TIME = Duration.ofMillis(500);
  private static final int HISTORIES = Boolean.getBoolean("interleave.thorough") ? 2_000 : 100;

  @ParameterizedTest
  @EnumSource
  void oneCompareAndSetWins(ThreadKind kind) throws Exception {
    Stress.on(() -> VersionedState.of("zero"))
        .actorReturning("a", state -> state.compareAndSet(0, "a"))
        .actorReturning("b", state -> state.compareAndSet(0, "b"))
        .arbiter(state -> state.snapshot().toString())
        .expect(Stress.outcome(true, false, "Versioned[version=1, value=a]"), "a first")
        .expect(Stress.outcome(false, true, "Versioned[version=1, value=b]"), "b first")
        .threads(kind)
        .run(TIME)
        .assertHolds();
  }

  private static Stress<VersionedState<Integer>> adding(Stress.Call<VersionedState<Integer>> add) {
    return Stress.on(() -> VersionedState.of(0))
        .actorReturning("a", add)
        .actorReturning("b", add)
        .arbiter(state -> state.snapshot().value())
        .expect(Stress.outcome(1, 2, 2), "a first")
        .expect(Stress.outcome(2, 1, 2), "b first");
  }

  @ParameterizedTest
  @EnumSource
  void noUpdateIsLost(ThreadKind kind) throws Exception {
    adding(state -> state.update(n -> n + 1).value()).threads(kind).run(TIME).assertHolds();
  }

  /** The test can fail: without the version, one of two is lost. */
  @ParameterizedTest
  @EnumSource
  void toReadAndThenSetIsFoundOut(ThreadKind kind) throws Exception {
    StressReport report =
        adding(
                state -> {
                  int next = state.snapshot().value() + 1;
                  Stress.sync("read");
                  return state.update(n -> next).value();
                })
            .threads(kind)
            .failFast()
            .run(Duration.ofSeconds(10));
    assertThat(report.holds()).isFalse();
  }

  /** A state, and the version its listener was told last. */
  private static final class Told {
    final VersionedState<Integer> state = VersionedState.of(0);
    final AtomicLong told = new AtomicLong();

    void listen() {
      state.listen(0, Runnable::run, latest -> told.set(latest.version()));
    }
  }

  /** Whoever registers while others change the state is told of the last version. */
  @ParameterizedTest
  @EnumSource
  void theLastVersionIsTold(ThreadKind kind) throws Exception {
    Stress.on(Told::new)
        .actor("listens", Told::listen)
        .actor("a", subject -> subject.state.update(n -> n + 1))
        .actor("b", subject -> subject.state.update(n -> n + 1))
        .arbiter(subject -> subject.told.get())
        .expect(2, "the last")
        .threads(kind)
        .run(TIME)
        .assertHolds();
  }

  @ParameterizedTest
  @EnumSource
  void noWakeUpIsLost(ThreadKind kind) throws Exception {
    Stress.on(() -> VersionedState.of(0))
        .actorReturning("waits", state -> state.awaitAfter(0).version())
        .actor("changes", state -> state.update(n -> n + 1))
        .expect(1, "woken")
        .threads(kind)
        .run(TIME)
        .assertHolds();
  }

  /** The state is the version and the value, in words. */
  private static final Model<String> REGISTER =
      Model.of(
          "0:",
          (state, call) -> {
            long version = Long.parseLong(state.substring(0, state.indexOf(':')));
            String value = state.substring(state.indexOf(':') + 1);
            return switch (call.name()) {
              case "append" -> {
                String next = (version + 1) + ":" + value + call.argument(0);
                yield Transition.returning(next, next);
              }
              case "compareAndSet" ->
                  call.argument(0) instanceof Long expected && expected == version
                      ? Transition.returning(true, (version + 1) + ":" + call.argument(1))
                      : Transition.returning(false, state);
              case "snapshot" -> Transition.returning(state, state);
              case "awaitAfter" ->
                  call.argument(0) instanceof Long after && version > after
                      ? Transition.returning(state, state)
                      : Transition.blocked();
              default -> throw call.unknown("append, compareAndSet, snapshot, awaitAfter");
            };
          });

  private static String words(Versioned<String> versioned) {
    return versioned.version() + ":" + versioned.value();
  }

  @ParameterizedTest
  @EnumSource
  void itIsARegisterWithVersions(ThreadKind kind) throws Exception {
    for (int i = 0; i < HISTORIES; i++) {
      VersionedState<String> state = VersionedState.of("");
      HistoryRecorder recorder = History.recorder();
      CyclicBarrier together = new CyclicBarrier(3);
      try (Actors actors = new Actors(kind, PATIENCE)) {
        List<Step<?>> steps = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
          steps.add(
              actors
                  .actor(name)
                  .start(() -> {
                    together.await();
                    recorder.call("append", name, () -> words(state.update(v -> v + name)));
                    long seen = state.snapshot().version();
                    recorder.call(
                        "compareAndSet", seen, name, () -> state.compareAndSet(seen, name));
                    recorder.call("snapshot", () -> words(state.snapshot()));
                    recorder.call("awaitAfter", 2L, () -> words(state.awaitAfter(2)));
                  }));
        }
        for (Step<?> step : steps) {
          step.result();
        }
      }
      Linearizability.of(REGISTER).check(recorder.history()).assertHolds();
    }
  }
}
