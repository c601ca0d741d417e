// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.History;
import dev.interleave.testing.HistoryRecorder;
import dev.interleave.testing.Linearizability;
import dev.interleave.testing.Model;
import dev.interleave.testing.Operation;
import dev.interleave.testing.Transition;
import dev.interleave.testing.Verdict;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether buffers that are closed in the midst of it are what a model of them says. */
class BufferHistoryTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int HISTORIES = Boolean.getBoolean("interleave.thorough") ? 5_000 : 150;
  private static final int THREADS = 3;
  private static final int CALLS = 4;
  private static final int CAPACITY = 2;
  private static final long SEED = 5;
  private static final long LONGEST_PAUSE_NANOS = 300_000;

  /** What is inside, in the order in which it comes out, and whether it is closed. */
  private record State(List<Integer> items, boolean closed) {}

  private static Model<State> model(BufferKind kind) {
    return Model.of(
        new State(List.of(), false),
        (state, call) ->
            switch (call.name()) {
              case "put", "offer", "timedOffer" -> insert(kind, state, call);
              case "takeOrNull" ->
                  !state.items.isEmpty()
                      ? take(state)
                      : state.closed ? Transition.returning(null, state) : Transition.blocked();
              case "poll" ->
                  state.items.isEmpty() ? Transition.returning(null, state) : take(state);
              case "timedPoll" ->
                  !state.items.isEmpty()
                      ? take(state)
                      : state.closed
                          ? Transition.throwing(BufferClosedException.class, state)
                          : Transition.timingOut(null, state);
              case "remove" -> remove(state, call.intArgument(0, 0));
              case "size" -> Transition.returning(state.items.size(), state);
              case "all" -> Transition.returning(state.items.toString(), state);
              case "close" -> Transition.done(new State(state.items, true));
              default ->
                  throw call.unknown(
                      "put, offer, timedOffer, takeOrNull, poll, timedPoll, remove, size, all,"
                          + " close");
            });
  }

  private static Transition<State> insert(BufferKind kind, State state, Operation call) {
    if (state.closed) {
      return Transition.throwing(BufferClosedException.class, state);
    }
    if (state.items.size() == CAPACITY) {
      return switch (call.name()) {
        case "put" -> Transition.blocked();
        case "offer" -> Transition.returning(false, state);
        default -> Transition.timingOut(false, state);
      };
    }
    List<Integer> items = new ArrayList<>(state.items);
    items.add(kind == BufferKind.LIFO ? 0 : items.size(), call.intArgument(0, 0));
    if (kind == BufferKind.PRIORITY) {
      items.sort(Comparator.naturalOrder());
    }
    State next = new State(List.copyOf(items), false);
    return call.name().equals("put") ? Transition.done(next) : Transition.returning(true, next);
  }

  private static Transition<State> take(State state) {
    List<Integer> left = state.items.subList(1, state.items.size());
    return Transition.returning(state.items.get(0), new State(List.copyOf(left), state.closed));
  }

  private static Transition<State> remove(State state, Integer item) {
    List<Integer> left = new ArrayList<>(state.items);
    boolean removed = left.remove((Object) item);
    return Transition.returning(removed, new State(List.copyOf(left), state.closed));
  }

  private static Stream<Arguments> kinds() {
    return Stream.of(BufferKind.values())
        .flatMap(
            kind -> Stream.of(ThreadKind.values()).map(threads -> Arguments.of(kind, threads)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aBufferIsLinearizable(BufferKind kind, ThreadKind threads) throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    try (Actors actors = new Actors(threads, PATIENCE)) {
      var crew = actors.actors(THREADS, "thread");
      var closer = actors.actor("closer"); // so that nobody waits for ever
      for (int i = 0; i < HISTORIES; i++) {
        BoundedBuffer<Integer> buffer = kind.create(CAPACITY);
        HistoryRecorder recorder = History.recorder();
        CyclicBarrier together = new CyclicBarrier(THREADS + 1);
        List<Step<?>> steps = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
          SplittableRandom own = random.split();
          int first = 10 * t;
          steps.add(
              crew.get(t)
                  .start(() -> {
                    together.await();
                    for (int c = 0; c < CALLS; c++) {
                      call(recorder, buffer, own.nextInt(10), first + c, own.nextInt(THREADS * 10));
                    }
                  }));
        }
        long pause = random.nextLong(LONGEST_PAUSE_NANOS);
        steps.add(
            closer.start(() -> {
              together.await();
              LockSupport.parkNanos(pause); // another moment each time
              recorder.run("close", buffer::close);
            }));
        for (Step<?> step : steps) {
          step.result();
        }
        Linearizability.of(model(kind)).check(recorder.history()).assertHolds();
      }
    }
  }

  private static void call(
      HistoryRecorder recorder, BoundedBuffer<Integer> buffer, int which, int item, int other)
      throws InterruptedException {
    try {
      switch (which) {
        case 0, 1 -> recorder.run("put", item, () -> buffer.put(item));
        case 2 -> recorder.call("offer", item, () -> buffer.offer(item));
        case 3 ->
            recorder.call("timedOffer", item, () -> buffer.offer(item, 50, TimeUnit.MICROSECONDS));
        case 4 -> recorder.call("takeOrNull", buffer::takeOrNull);
        case 5 -> recorder.call("timedPoll", () -> buffer.poll(50, TimeUnit.MICROSECONDS));
        case 6 -> recorder.call("poll", buffer::poll);
        case 7 -> recorder.call("remove", other, () -> buffer.remove((Object) other));
        case 8 -> recorder.call("size", buffer::size);
        default -> recorder.call("all", () -> List.copyOf(buffer).toString());
      }
    } catch (BufferClosedException e) {
      // recorded
    }
  }

  /** The check can fail: a queue that is closed by a flag beside it. */
  @ParameterizedTest
  @EnumSource
  void aFlagBesideTheQueueIsFoundOut(ThreadKind threads) throws Exception {
    FlagBesideQueue queue = new FlagBesideQueue(CAPACITY);
    CyclicBarrier closed = new CyclicBarrier(2);
    HistoryRecorder recorder = History.recorder();
    try (Actors actors = new Actors(threads, PATIENCE)) {
      Step<?> producer =
          actors
              .actor("producer")
              .start(() ->
                  recorder.call(
                      "offer",
                      1,
                      () -> {
                        boolean isClosed = queue.isClosed();
                        closed.await();
                        closed.await();
                        return !isClosed && queue.add(1);
                      }));
      Step<?> closer =
          actors
              .actor("closer")
              .start(() -> {
                closed.await();
                recorder.run("close", () -> {});
                recorder.call("poll", queue::poll);
                closed.await();
              });
      producer.result();
      closer.result();
    }
    assertThat(Linearizability.of(model(BufferKind.RING)).check(recorder.history()).kind())
        .as("accepted after the close, and lost")
        .isEqualTo(Verdict.Kind.VIOLATED);
  }
}
