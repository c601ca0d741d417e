// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What threads do stands in the history, in an order that is real. */
class HistoryRecorderTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HistoryRecorder recorder = History.recorder();

  @ParameterizedTest
  @EnumSource
  void callsAndTheirOutcomesAreRecorded(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor a = actors.actor("a");
      Actor b = actors.actor("b");
      assertThat(a.call(() -> recorder.call("f", () -> "result"))).isEqualTo("result");
      b.run(() -> recorder.run("g", 1, () -> {}));
      b.run(() -> recorder.run("h", 1, null, () -> {}));
      a.run(() -> recorder.on("key").run("i", () -> {}));
      assertThat(b.call(() -> recorder.on("key").<@Nullable Object, Error>call("j", 1, () -> null)))
          .isNull();
      assertThat(a.call(() -> recorder.call("k", 1, 2, () -> 3))).isEqualTo(3);
    }
    assertThat(recorder.history().toText())
        .isEqualTo(
            """
            a: f()
            a: returned "result"
            b: g(1)
            b: done
            b: h(1, null)
            b: done
            a: i() on "key"
            a: done
            b: j(1) on "key"
            b: returned null
            a: k(1, 2)
            a: returned 3
            """);
  }

  @Test
  void whatIsThrownIsRecordedAndThrownOn() {
    IOException failure = new IOException();
    assertThatThrownBy(() ->
            recorder.call(
                "f",
                () -> {
                  throw failure;
                }))
        .isSameAs(failure);
    AssertionError error = new AssertionError();
    assertThatThrownBy(() ->
            recorder.run(
                "g",
                () -> {
                  throw error;
                }))
        .isSameAs(error);
    assertThat(recorder.history().operations())
        .extracting(Operation::outcome)
        .containsExactly(Outcome.threw(IOException.class), Outcome.threw(AssertionError.class));
  }

  @Test
  void callWithinACallIsRefused() {
    recorder.run(
        "outer",
        () ->
            assertThatIllegalStateException()
                .isThrownBy(() -> recorder.on("key").run("inner", () -> {}))
                .withMessageEndingWith(" calls inner within its call of outer"));
    assertThat(recorder.history().operations())
        .extracting(Operation::name)
        .containsExactly("outer");
  }

  @ParameterizedTest
  @EnumSource
  void callUnderWayIsPendingAndEndsLater(ThreadKind kind) throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Step<?> waiting = actors.actor("a").start(() -> recorder.run("await", () -> latch.await()));
      waiting.awaitBlocked();
      History early = recorder.history();
      latch.countDown();
      waiting.result();
      assertThat(early.toText()).isEqualTo("a: await()\n");
      assertThat(recorder.history().toText()).isEqualTo("a: await()\na: done\n");
    }
  }

  @Test
  void threadsOfTheSameNameAreTold() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (String name : List.of("same", "same", "")) {
      Thread thread = Thread.ofVirtual().name(name).unstarted(() -> recorder.run("f", () -> {}));
      threads.add(thread);
      thread.start();
      thread.join();
    }
    assertThat(recorder.history().threads())
        .containsExactly(
            "same", "same#" + threads.get(1).threadId(), "#" + threads.get(2).threadId());
  }

  /** What is added to tell two of a name is the name of another one. */
  @Test
  void threadsNamedLikeOthersToldApartAreToldApartToo() throws Exception {
    Thread same = recording();
    Thread nameless = recording();
    List<Thread> threads = new ArrayList<>();
    threads.add(recording());
    threads.getLast().setName("same");
    threads.add(recording());
    threads.getLast().setName("same#" + same.threadId());
    threads.add(recording());
    threads.getLast().setName("#" + nameless.threadId());
    same.setName("same");
    threads.add(same);
    threads.add(nameless);
    for (Thread thread : threads) {
      thread.start();
      thread.join();
    }
    assertThat(recorder.history().threads())
        .containsExactly(
            "same",
            "same#" + same.threadId(),
            "#" + nameless.threadId(),
            "same#" + same.threadId() + ".2",
            "#" + nameless.threadId() + ".2");
  }

  private Thread recording() {
    return Thread.ofVirtual().unstarted(() -> recorder.run("f", () -> {}));
  }

  /**
   * Each call gets a number from a counter. One that the history says came before another must have
   * got a smaller one; and histories taken on the way must not have results without the calls that
   * they are of.
   */
  @ParameterizedTest
  @EnumSource
  void orderIsThatOfWhatHappened(ThreadKind kind) throws Exception {
    AtomicInteger counter = new AtomicInteger();
    List<History> taken = new ArrayList<>();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      List<Actor> racers = actors.actors(4, "racer");
      actors.race(
          racers,
          Duration.ofMillis(300),
          (racer, round) -> {
            if (racer == 0) {
              if (round < 50) {
                taken.add(recorder.history());
              }
            } else if (round < 5_000) {
              recorder.call("next", () -> counter.getAndIncrement());
            }
          });
    }
    taken.add(recorder.history());
    for (History history : taken) {
      assertThatOrderIsThatOfNumbers(history);
    }
    assertThat(taken.getLast().operations()).hasSize(counter.get());
  }

  private static void assertThatOrderIsThatOfNumbers(History history) {
    int largestEnded = -1;
    int next = 0;
    List<Operation> byEnd =
        history.operations().stream()
            .filter(call -> !call.isPending())
            .sorted((a, b) -> Integer.compare(a.end(), b.end()))
            .toList();
    int ended = 0;
    for (Operation call : history.operations()) {
      for (; ended < byEnd.size() && byEnd.get(ended).end() < call.start(); ended++) {
        largestEnded = Math.max(largestEnded, number(byEnd.get(ended)));
      }
      if (!call.isPending()) {
        assertThat(number(call)).isGreaterThan(largestEnded);
        next = Math.max(next, number(call) + 1);
      }
    }
    assertThat(history.operations())
        .as("each number was got by a call")
        .hasSizeGreaterThanOrEqualTo(next);
  }

  private static int number(Operation call) {
    assertThat(call.outcome()).isInstanceOf(Outcome.Returned.class);
    return call.outcome() instanceof Outcome.Returned(Integer number) ? number : -1;
  }
}
