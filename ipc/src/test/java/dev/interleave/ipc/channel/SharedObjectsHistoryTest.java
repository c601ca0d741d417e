// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.testing.History;
import dev.interleave.testing.HistoryRecorder;
import dev.interleave.testing.Linearizability;
import dev.interleave.testing.Model;
import dev.interleave.testing.Transition;
import dev.interleave.testing.Verdict;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CyclicBarrier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whether a map that several clients change is what a model of it says, transactions included. */
class SharedObjectsHistoryTest {
  private static final Duration PATIENCE = SharedObjectsContract.PATIENCE;
  private static final int HISTORIES = Boolean.getBoolean("interleave.thorough") ? 5_000 : 150;
  private static final int CLIENTS = 3;
  private static final int CALLS = 4;
  private static final long SEED = 8;

  private final List<SharedObjects> clients = new ArrayList<>();
  private SharedObjectsHost host;

  @BeforeEach
  void start() throws Exception {
    int name = SharedObjectsContract.NAMES.incrementAndGet();
    host =
        SharedObjectsHost.builder(Transport.memory("histories-" + name))
            .maxObjects(HISTORIES)
            .start();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(SharedObjects.connect(host.transport()));
    }
  }

  @AfterEach
  void close() {
    clients.forEach(SharedObjects::close);
    host.close();
  }

  private static Model<Map<String, Integer>> model() {
    return Model.of(
        Map.of(),
        (state, call) -> {
          if (call.name().equals("snapshot")) {
            return Transition.returning(new TreeMap<>(state).toString(), state);
          }
          String key = String.valueOf(call.argument(0));
          Integer value = state.get(key);
          return switch (call.name()) {
            case "get" -> Transition.returning(value, state);
            case "put" -> Transition.returning(value, with(state, key, call.argument(1)));
            case "putIfAbsent" ->
                Transition.returning(
                    value, value == null ? with(state, key, call.argument(1)) : state);
            case "remove" -> Transition.returning(value, with(state, key, null));
            case "move" -> move(state, key, String.valueOf(call.argument(1)));
            default -> throw call.unknown("get, put, putIfAbsent, remove, move, snapshot");
          };
        });
  }

  private static Map<String, Integer> with(
      Map<String, Integer> state, String key, @Nullable Object value) {
    Map<String, Integer> next = new TreeMap<>(state);
    if (value == null) {
      next.remove(key);
    } else {
      next.put(key, (Integer) value);
    }
    return Map.copyOf(next);
  }

  private static Transition<Map<String, Integer>> move(
      Map<String, Integer> state, String from, String to) {
    Integer value = state.get(from);
    if (value == null) {
      return Transition.returning(false, state);
    }
    return Transition.returning(true, with(with(state, from, null), to, value));
  }

  @Test
  void aMapIsLinearizable() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    try (Actors actors = new Actors(ThreadKind.PLATFORM, PATIENCE)) {
      List<Actor> crew = actors.actors(CLIENTS, "client");
      for (int i = 0; i < HISTORIES; i++) {
        String name = "map-" + i;
        HistoryRecorder recorder = History.recorder();
        CyclicBarrier together = new CyclicBarrier(CLIENTS);
        List<Step<?>> steps = new ArrayList<>();
        for (int c = 0; c < CLIENTS; c++) {
          SharedMap<String, Integer> map = clients.get(c).map(name, String.class, Integer.class);
          SplittableRandom own = random.split();
          int first = 10 * c;
          steps.add(
              crew.get(c)
                  .start(() -> {
                    together.await();
                    for (int n = 0; n < CALLS; n++) {
                      call(recorder, map, own, first + n);
                    }
                  }));
        }
        for (Step<?> step : steps) {
          step.result();
        }
        Linearizability.of(model()).check(recorder.history()).assertHolds();
      }
    }
  }

  private static void call(
      HistoryRecorder recorder,
      SharedMap<String, Integer> map,
      SplittableRandom random,
      Integer value) {
    String key = random.nextBoolean() ? "a" : "b";
    String other = key.equals("a") ? "b" : "a";
    switch (random.nextInt(7)) {
      case 0 -> recorder.call("get", key, () -> map.get(key));
      case 1, 2 -> recorder.call("put", key, value, () -> map.put(key, value));
      case 3 -> recorder.call("putIfAbsent", key, value, () -> map.putIfAbsent(key, value));
      case 4 -> recorder.call("remove", key, () -> map.remove(key));
      case 5 -> recorder.call("move", key, other, () -> moved(map, key, other));
      default -> recorder.call("snapshot", () -> new TreeMap<>(map.snapshot()).toString());
    }
  }

  private static boolean moved(SharedMap<String, Integer> map, String from, String to) {
    return map.objects.atomically(
        Deadline.after(PATIENCE),
        tx -> {
          Integer value = tx.get(map, from);
          if (value == null) {
            return false;
          }
          tx.remove(map, from);
          tx.put(map, to, value);
          return true;
        });
  }

  /** The check can fail: D08, a read and a write that were thought to be one. */
  @Test
  void aMoveOfTwoCallsIsFoundOut() throws Exception {
    SharedMap<String, Integer> mine = clients.get(0).map("map", String.class, Integer.class);
    SharedMap<String, Integer> theirs = clients.get(1).map("map", String.class, Integer.class);
    HistoryRecorder recorder = History.recorder();
    CyclicBarrier between = new CyclicBarrier(2);
    recorder.call("put", "a", 1, () -> mine.put("a", 1));
    try (Actors actors = new Actors(ThreadKind.PLATFORM, PATIENCE)) {
      Step<?> mover =
          actors
              .actor("mover")
              .start(() ->
                  recorder.call(
                      "move",
                      "a",
                      "b",
                      () -> {
                        Integer value = requireNonNull(mine.remove("a"));
                        between.await();
                        between.await();
                        return mine.put("b", value) == null;
                      }));
      Step<?> looker =
          actors
              .actor("looker")
              .start(() -> {
                between.await();
                recorder.call("snapshot", () -> new TreeMap<>(theirs.snapshot()).toString());
                between.await();
              });
      mover.result();
      looker.result();
    }
    assertThat(Linearizability.of(model()).check(recorder.history()).kind())
        .as("for a moment it was nowhere")
        .isEqualTo(Verdict.Kind.VIOLATED);
  }
}
