// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.FlawedQueue.Flaw;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each flaw of a queue is found in what it did, and the counter-example shows it. */
class FlawedQueueTest {
  private final HistoryRecorder recorder = History.recorder();
  private final Actors actors = new Actors(ThreadKind.PLATFORM, Duration.ofSeconds(30));
  private final Actor a = actors.actor("a");
  private final Actor b = actors.actor("b");
  private final Actor c = actors.actor("c");

  @AfterEach
  void endActors() {
    actors.close();
  }

  @Test
  void lostItem() throws Exception {
    FlawedQueue queue = used(Flaw.LOSES_ITEM);
    put(a, queue, "ab");
    put(b, queue, "cd");
    take(c, queue);
    put(a, queue, "ef");
    take(c, queue);
    assertThatItShows(
        check(),
        """
        Not linearizable: take() -> "ef" of c cannot be explained.

          b  |-put("cd")-|
          a                |-put("ef")-|
          c                              |-take() -> "ef"-|

        Without it, the state at its end can only have been
          ["cd", "ef"]
        Other calls, which make no difference: 4
        """);
  }

  @Test
  void duplicatedItem() throws Exception {
    FlawedQueue queue = used(Flaw.DUPLICATES_ITEM);
    put(a, queue, "ab");
    take(b, queue);
    assertThatItShows(
        check(),
        """
        Not linearizable: take() -> "xy" of b cannot be explained.

          c  |-put("xy")-| |-take() -> "xy"-|
          b                                   |-take() -> "xy"-|

        Without it, the state at its end can only have been
          []
        Other calls, which make no difference: 1
        With them, it can only have been
          ["ab"]
        """);
  }

  @Test
  void swappedItems() throws Exception {
    FlawedQueue queue = used(Flaw.SWAPS_ITEMS);
    put(a, queue, "ab");
    put(b, queue, "cd");
    take(c, queue);
    take(a, queue);
    assertThatItShows(
        check(),
        """
        Not linearizable: take() -> "cd" of c cannot be explained.

          a  |-put("ab")-|
          b                |-put("cd")-|
          c                              |-take() -> "cd"-|

        Without it, the state at its end can only have been
          ["ab", "cd"]
        Other calls, which make no difference: 3
        """);
  }

  @Test
  void tornItem() throws Exception {
    FlawedQueue queue = used(Flaw.TEARS_ITEM);
    put(a, queue, "ab");
    put(b, queue, "cd");
    take(c, queue);
    take(a, queue);
    assertThatItShows(
        check(),
        """
        Not linearizable: take() -> "cb" of a cannot be explained.

          a  |-take() -> "cb"-|

        Without it, the state at its end can only have been
          []
        Other calls, which make no difference: 5
        With them, it can only have been
          ["cd"]
        """);
  }

  @Test
  void overflow() throws Exception {
    FlawedQueue queue = used(Flaw.OVERFLOWS);
    put(a, queue, "ab");
    put(b, queue, "cd");
    put(c, queue, "ef");
    assertThatItShows(
        check(),
        """
        Not linearizable: put("ef") of c cannot be explained.

          a  |-put("ab")-|
          b                |-put("cd")-|
          c                              |-put("ef")-|

        Without it, the state at its end can only have been
          ["ab", "cd"]
        Other calls, which make no difference: 2
        """);
  }

  @Test
  void timedPollThatDoesNotLook() throws Exception {
    FlawedQueue queue = new FlawedQueue(Flaw.SAYS_EMPTY);
    put(a, queue, "ab");
    b.call(() -> recorder.call("timedPoll", () -> queue.poll()));
    assertThatItShows(
        check(),
        """
        Not linearizable: timedPoll() -> null of b cannot be explained.

          a  |-put("ab")-|
          b                |-timedPoll() -> null-|

        Without it, the state at its end can only have been
          ["ab"]
        """);
  }

  /** That it waits is no violation as long as someone might still wake it. */
  @Test
  void lostWakeUp() throws Exception {
    FlawedQueue queue = used(Flaw.DOES_NOT_WAKE);
    Step<?> stuck = startTake(b, queue);
    put(a, queue, "ab");
    History history = recorder.history();
    assertThat(check().kind()).isEqualTo(Verdict.Kind.HOLDS);
    assertThatItShows(
        Linearizability.of(Models.queue(2)).quiescent().check(history),
        """
        Not linearizable: take() of b still waits, though it could go on.

          b  |-take() ...--
          a    |-put("ab")-|

        At the end, the state can only have been
          ["ab"]
        Other calls, which make no difference: 2
        """);
    b.interrupt();
    stuck.failure(InterruptedException.class);
    assertThat(Linearizability.of(Models.queue(2)).quiescent().check(recorder.history()).kind())
        .isEqualTo(Verdict.Kind.HOLDS);
  }

  /** The same calls as those that show the flaws. */
  @Test
  void queueWithoutAFlawHolds() throws Exception {
    FlawedQueue queue = used(Flaw.NONE);
    Step<?> waiting = startTake(b, queue);
    put(a, queue, "ab");
    waiting.result();
    assertThat(a.<Object>call(() -> recorder.call("timedPoll", () -> queue.poll()))).isNull();
    put(a, queue, "cd");
    put(b, queue, "ef");
    Step<?> full = c.start(() -> recorder.run("put", "gh", () -> queue.put("gh")));
    full.awaitBlocked();
    assertThat(Linearizability.of(Models.queue(2)).quiescent().check(recorder.history()).kind())
        .as("all that wait have to")
        .isEqualTo(Verdict.Kind.HOLDS);
    take(a, queue);
    full.result();
    take(a, queue);
    take(a, queue);
    check().assertHolds();
  }

  private FlawedQueue used(Flaw flaw) throws InterruptedException {
    FlawedQueue queue = new FlawedQueue(flaw);
    put(c, queue, "xy");
    take(c, queue);
    return queue;
  }

  private void put(Actor actor, FlawedQueue queue, String item) throws InterruptedException {
    actor.run(() -> recorder.run("put", item, () -> queue.put(item)));
  }

  private void take(Actor actor, FlawedQueue queue) throws InterruptedException {
    actor.call(() -> recorder.call("take", () -> queue.take()));
  }

  private Step<?> startTake(Actor actor, FlawedQueue queue) throws InterruptedException {
    Step<?> step = actor.start(() -> recorder.call("take", () -> queue.take()));
    step.awaitBlocked();
    return step;
  }

  private Verdict check() {
    return Linearizability.of(Models.queue(2)).check(recorder.history());
  }

  private static void assertThatItShows(Verdict verdict, String text) {
    assertThat(verdict.kind()).as("%s", verdict).isEqualTo(Verdict.Kind.VIOLATED);
    assertThat(verdict).hasToString(text.strip().replace("\n", System.lineSeparator()));
  }
}
