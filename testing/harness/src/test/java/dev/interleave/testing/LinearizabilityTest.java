// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The verdict, the budget, the options, and what is refused. */
class LinearizabilityTest {
  private static final Linearizability<?> QUEUE = Linearizability.of(Models.queue(2));

  private static Verdict.Kind kind(Linearizability<?> check, String history) {
    return check.check(History.parse(history)).kind();
  }

  @Test
  void emptyHistoryHolds() {
    Verdict verdict = QUEUE.check(History.builder().build());
    assertThat(verdict.kind()).isEqualTo(Verdict.Kind.HOLDS);
    assertThat(verdict.linearization()).isEmpty();
    assertThat(verdict).hasToString("Linearizable: 0 calls.");
    verdict.assertHolds();
    assertThat(QUEUE.quiescent().check(History.builder().build()).kind())
        .isEqualTo(Verdict.Kind.HOLDS);
  }

  @Test
  void linearizationSaysWhatCameFirst() {
    Verdict verdict =
        QUEUE.check(
            History.parse(
                """
                a: put(1)
                b: put(2)
                a: done
                b: done
                c: take()
                c: returned 2
                c: timedPoll()
                c: returned 1
                """));
    assertThat(verdict.linearization())
        .extracting(Operation::toString)
        .containsExactly("put(2)", "put(1)", "take() -> 2", "timedPoll() -> 1");
    assertThatIllegalStateException()
        .isThrownBy(verdict::counterexample)
        .withMessage("there is no counter-example: HOLDS");
  }

  @Test
  void violationHasACounterexample() {
    Verdict verdict =
        QUEUE.check(History.parse("a: put(1)\na: done\nb: poll()\nb: returned null\n"));
    assertThat(verdict.kind()).isEqualTo(Verdict.Kind.VIOLATED);
    Counterexample example = verdict.counterexample();
    assertThat(example.culprit()).map(Operation::toString).contains("poll() -> null");
    assertThat(example.states()).containsExactly("[1]");
    assertThat(example.isSmallest()).isTrue();
    assertThat(example.history().operations()).hasSize(2);
    assertThat(verdict).hasToString(example.toString());
    assertThatThrownBy(verdict::assertHolds)
        .isInstanceOf(AssertionError.class)
        .hasMessage(example.toString());
    assertThatIllegalStateException()
        .isThrownBy(verdict::linearization)
        .withMessage("there is no linearization: VIOLATED");
  }

  /** Sixteen calls that all overlap and cannot be told apart until the end: 16! orders. */
  private static History hard() {
    HistoryBuilder history = History.builder();
    int calls = 16;
    for (int i = 0; i < calls; i++) {
      history.call("t" + i, "push", i);
    }
    for (int i = 0; i < calls; i++) {
      history.done("t" + i);
    }
    history.call("t", "pop").returned("t", calls);
    return history.build();
  }

  @Test
  void givesUpWhenTheConfigurationsAreSpent() {
    Verdict verdict = Linearizability.of(Models.stack()).configurations(1_000).check(hard());
    assertThat(verdict.kind()).isEqualTo(Verdict.Kind.GAVE_UP);
    assertThat(verdict.configurations()).isEqualTo(1_000);
    assertThat(verdict.toString())
        .startsWith(
            "Gave up, nothing is known: the budget of 1000 configurations is spent,"
                + " after 1,000 configurations and PT");
    assertThatThrownBy(verdict::assertHolds)
        .isInstanceOf(AssertionError.class)
        .hasMessage(verdict.toString());
    assertThatIllegalStateException().isThrownBy(verdict::linearization);
    assertThatIllegalStateException().isThrownBy(verdict::counterexample);
  }

  @Test
  void givesUpWhenTheTimeIsOver() {
    Verdict verdict = Linearizability.of(Models.stack()).budget(Duration.ofNanos(1)).check(hard());
    assertThat(verdict.kind()).isEqualTo(Verdict.Kind.GAVE_UP);
    assertThat(verdict.toString()).contains("the time of PT0.000000001S is over");
    assertThat(verdict.elapsed()).isPositive();
  }

  @Test
  void givesUpWhenInterrupted() {
    Thread.currentThread().interrupt();
    Verdict verdict = Linearizability.of(Models.stack()).check(hard());
    assertThat(Thread.interrupted()).as("the mark stays").isTrue();
    assertThat(verdict.kind()).isEqualTo(Verdict.Kind.GAVE_UP);
    assertThat(verdict.toString()).contains("the thread that checks was interrupted");
  }

  @Test
  void shortHistoryIsNotCheckedIfInterrupted() {
    for (String history : List.of("", "a: put(1)\na: done\n", "a: poll()\na: returned 1\n")) {
      Thread.currentThread().interrupt();
      Verdict verdict = QUEUE.check(History.parse(history));
      assertThat(Thread.interrupted()).as("the mark stays").isTrue();
      assertThat(verdict.kind()).as("%s", verdict).isEqualTo(Verdict.Kind.GAVE_UP);
    }
  }

  @Test
  void interruptOnTheWayIsSeen() {
    Model<Integer> model =
        Model.of(
            0,
            (state, call) -> {
              if (call.name().equals("interrupt") && state == 1) {
                Thread.currentThread().interrupt();
              }
              return Transition.done(state + 1);
            });
    Verdict verdict =
        Linearizability.of(model)
            .check(History.parse("a: go()\na: done\na: interrupt()\na: done\n"));
    assertThat(Thread.interrupted()).as("the mark stays").isTrue();
    assertThat(verdict.kind()).as("%s", verdict).isEqualTo(Verdict.Kind.GAVE_UP);
  }

  @Test
  void timeIsLookedAtInAShortHistoryToo() {
    Model<Integer> slow =
        Model.of(
            0,
            (state, call) -> {
              long start = System.nanoTime();
              while (System.nanoTime() - start < 1_000) {
                Thread.onSpinWait();
              }
              return Transition.done(state + 1);
            });
    Verdict verdict =
        Linearizability.of(slow)
            .budget(Duration.ofNanos(500))
            .check(History.parse("a: f()\na: done\n"));
    assertThat(verdict.kind()).as("%s", verdict).isEqualTo(Verdict.Kind.GAVE_UP);
  }

  @Test
  void longBudgetIsNoOverflow() {
    Verdict verdict =
        QUEUE.budget(Duration.ofSeconds(Long.MAX_VALUE)).check(History.builder().build());
    assertThat(verdict.kind()).isEqualTo(Verdict.Kind.HOLDS);
  }

  @Test
  void objectsAreCheckedAlone() {
    String history =
        """
        a: lock() on "x"
        a: done
        b: lock() on "y"
        b: done
        """;
    Linearizability<?> check = Linearizability.of(Models.mutex());
    String same = history.replace("\"y\"", "\"x\"");
    for (Linearizability<?> each :
        List.of(check, check.partitionedBy(call -> "all"), check.partitionedBy(call -> null))) {
      assertThat(kind(each, history)).isEqualTo(Verdict.Kind.HOLDS);
      assertThat(kind(each, same)).isEqualTo(Verdict.Kind.VIOLATED);
    }
  }

  @Test
  void partsAreThoseOfEachObject() {
    Model<Map<Object, Object>> map =
        Model.of(
            Map.of(),
            (state, call) -> {
              Object before = state.get(call.argument(0));
              if (call.name().equals("get")) {
                return Transition.returning(before, state);
              }
              Map<Object, Object> after = new HashMap<>(state);
              after.put(requireNonNull(call.argument(0)), requireNonNull(call.argument(1)));
              return Transition.returning(before, Map.copyOf(after));
            });
    Linearizability<?> check = Linearizability.of(map).partitionedBy(call -> call.argument(0));
    String history =
        """
        a: put("k", 1) on "m1"
        a: returned null
        a: get("k") on "m2"
        a: returned %s
        """;
    assertThat(kind(check, history.formatted("null"))).isEqualTo(Verdict.Kind.HOLDS);
    assertThat(kind(check, history.formatted("1"))).isEqualTo(Verdict.Kind.VIOLATED);
  }

  @Test
  void violationOfOneObjectIsAViolation() {
    Verdict verdict =
        Linearizability.of(Models.mutex())
            .check(
                History.parse(
                    """
                    a: lock() on "x"
                    a: done
                    b: lock() on "y"
                    b: done
                    c: lock() on "y"
                    c: done
                    """));
    assertThat(verdict.counterexample().toString())
        .isEqualTo(
            String.join(
                System.lineSeparator(),
                "Not linearizable: lock() on y of c cannot be explained.",
                "",
                "  b  |-lock() on y-|",
                "  c                  |-lock() on y-|",
                "",
                "Without it, the state at its end can only have been",
                "  held by b"));
  }

  @Test
  void linearizationOfAllObjectsIsInOrder() {
    Verdict verdict =
        Linearizability.of(Models.register(0))
            .check(
                History.parse(
                    """
                    a: set(1) on "x"
                    a: done
                    b: set(2) on "y"
                    c: get() on "x"
                    c: returned 1
                    b: done
                    a: get() on "y"
                    a: returned 2
                    """));
    assertThat(verdict.linearization())
        .extracting(Operation::toString)
        .containsExactly("set(1) on x", "get() on x -> 1", "set(2) on y", "get() on y -> 2");
  }

  @Test
  void interruptedCallHasNoEffect() {
    String interruptedPut =
        """
        a: put(1)
        a: threw java.lang.InterruptedException
        b: poll()
        b: returned %s
        """;
    assertThat(kind(QUEUE, interruptedPut.formatted("null"))).isEqualTo(Verdict.Kind.HOLDS);
    assertThat(kind(QUEUE, interruptedPut.formatted("1"))).isEqualTo(Verdict.Kind.VIOLATED);
  }

  @Test
  void exceptionMayBeASubclassOfWhatTheModelSays() {
    String full = "a: add(1)\na: returned true\na: add(2)\na: threw %s\n";
    Linearizability<?> one = Linearizability.of(Models.queue(1));
    assertThat(kind(one, full.formatted("java.lang.IllegalStateException")))
        .isEqualTo(Verdict.Kind.HOLDS);
    assertThat(kind(one, full.formatted("a.Closed < java.lang.IllegalStateException")))
        .isEqualTo(Verdict.Kind.HOLDS);
    assertThat(kind(one, full.formatted("a.Other"))).isEqualTo(Verdict.Kind.VIOLATED);
  }

  @Test
  void timedCallMayTimeOutOnlyWhereItHadToWait() {
    String overlapping =
        """
        a: put(1)
        a: done
        b: timedPoll()
        c: take()
        c: returned 1
        a: put(2)
        a: done
        b: returned null
        """;
    assertThat(kind(QUEUE, overlapping)).isEqualTo(Verdict.Kind.HOLDS);
    String neverEmpty =
        """
        a: put(1)
        a: done
        b: timedPoll()
        a: put(2)
        a: done
        c: take()
        c: returned 1
        b: returned null
        """;
    assertThat(kind(QUEUE, neverEmpty)).isEqualTo(Verdict.Kind.VIOLATED);
  }

  @Test
  void pendingCallMayOrMayNotHaveTakenEffect() {
    String pendingTake = "a: put(1)\na: done\nb: take()\nc: poll()\nc: returned %s\n";
    assertThat(kind(QUEUE, pendingTake.formatted("1"))).isEqualTo(Verdict.Kind.HOLDS);
    assertThat(kind(QUEUE, pendingTake.formatted("null"))).isEqualTo(Verdict.Kind.HOLDS);
    assertThat(kind(QUEUE.quiescent(), pendingTake.formatted("1"))).isEqualTo(Verdict.Kind.HOLDS);
    assertThat(kind(QUEUE.quiescent(), pendingTake.formatted("null")))
        .isEqualTo(Verdict.Kind.VIOLATED);
  }

  @Test
  void timedCallStillWaitingIsNotStuck() {
    assertThat(kind(QUEUE.quiescent(), "a: timedPoll()\n")).isEqualTo(Verdict.Kind.HOLDS);
    assertThat(kind(QUEUE.quiescent(), "a: poll()\n")).isEqualTo(Verdict.Kind.VIOLATED);
  }

  /** Each of the two that wait may have to, but not both. */
  @Test
  void whoIsStuckNeedNotBeKnown() {
    Verdict verdict =
        Linearizability.of(latches())
            .quiescent()
            .check(
                History.parse(
                    """
                    a: open("x")
                    b: open("y")
                    a: done
                    b: done
                    a: await("x")
                    b: await("y")
                    """));
    assertThat(verdict.kind()).isEqualTo(Verdict.Kind.VIOLATED);
    assertThat(verdict.counterexample().culprit()).isEmpty();
    assertThat(verdict.toString())
        .startsWith("Not linearizable: some call still waits, though it could go on.")
        .contains("At the end, the state can only have been");
  }

  /** Only the door opened last is open. */
  private static Model<String> latches() {
    return Model.of(
        "",
        (open, call) ->
            switch (call.name()) {
              case "open" -> Transition.done(String.valueOf(call.argument(0)));
              case "await" ->
                  open.equals(call.argument(0)) ? Transition.done(open) : Transition.blocked();
              default -> throw call.unknown("open, await");
            });
  }

  @Test
  void ownModelTakesAFewLines() {
    Model<Set<Object>> model =
        Model.of(
            Set.of(),
            (set, call) ->
                switch (call.name()) {
                  case "add" -> {
                    Set<Object> more = new HashSet<>(set);
                    yield Transition.returning(more.add(call.argument(0)), Set.copyOf(more));
                  }
                  case "any" -> {
                    Transition<Set<Object>> step = Transition.blocked();
                    for (Object element : set) {
                      step = step.or(Transition.returning(element, set));
                    }
                    yield step;
                  }
                  default -> throw call.unknown("add, any");
                });
    String history =
        "a: add(1)\na: returned true\na: add(2)\na: returned true\nb: any()\nb: returned %d\n";
    assertThat(kind(Linearizability.of(model), history.formatted(1))).isEqualTo(Verdict.Kind.HOLDS);
    assertThat(kind(Linearizability.of(model), history.formatted(2))).isEqualTo(Verdict.Kind.HOLDS);
    assertThat(kind(Linearizability.of(model), history.formatted(3)))
        .isEqualTo(Verdict.Kind.VIOLATED);
    assertThat(kind(Linearizability.of(model), "b: any()\nb: returned null\n"))
        .isEqualTo(Verdict.Kind.VIOLATED);
  }

  @Test
  void counterexampleOfALongHistoryIsSmall() {
    History history =
        LinearizabilitySpeed.swapped(LinearizabilitySpeed.simulated(16, 5_000, 4, 3)).orElseThrow();
    Verdict verdict = Linearizability.of(Models.queue(16)).check(history);
    assertThat(verdict.kind()).isEqualTo(Verdict.Kind.VIOLATED);
    assertThat(verdict.counterexample().isSmallest()).isTrue();
    assertThat(verdict.counterexample().history().operations()).hasSizeLessThan(10);
    assertThat(verdict.toString()).contains("Other calls, which make no difference: 49");
  }

  /** Nobody who waits can be told from another. */
  @Test
  void manyThatWaitAreNoBurden() {
    HistoryBuilder history = History.builder();
    IntStream.range(0, 500).forEach(i -> history.call("t" + i, "take"));
    IntStream.range(0, 200).forEach(i -> history.call("p", "put", i).done("p"));
    history.call("p", "size").returned("p", 100);
    Verdict verdict = Linearizability.of(Models.queue()).check(history.build());
    assertThat(verdict.kind()).isEqualTo(Verdict.Kind.HOLDS);
    assertThat(verdict.linearization()).hasSize(301);
  }

  /** A call that never returned holds some object; what others saw tells which it is not. */
  @Test
  void poolRemembersWhatAnUnknownObjectIsNot() {
    Linearizability<?> pool = Linearizability.of(Models.pool(2));
    String refusedThenReleased =
        """
        a: acquire()
        b: acquire()
        b: returned 9
        c: timedAcquire()
        c: returned null
        b: release(1)
        b: threw java.lang.IllegalArgumentException
        """;
    assertThat(kind(pool, refusedThenReleased + "c: release(2)\nc: done\n"))
        .isEqualTo(Verdict.Kind.HOLDS);
    assertThat(kind(pool, refusedThenReleased + "c: release(1)\nc: done\n"))
        .isEqualTo(Verdict.Kind.VIOLATED);

    String bothLent = "b: acquire()\nb: returned 9\na: acquire()\nb: lent()\nb: returned 2\n";
    String released9 = "b: release(9)\nb: done\n";
    assertThat(kind(pool, bothLent + released9 + "b: release(8)\nb: done\n"))
        .isEqualTo(Verdict.Kind.HOLDS);
    assertThat(kind(pool, bothLent + released9 + released9)).isEqualTo(Verdict.Kind.VIOLATED);
  }

  @Test
  void unknownOperationIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kind(QUEUE, "a: pub(1)\na: done\n"))
        .withMessageStartingWith("the model does not know pub(1) of a; it knows put, offer,");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kind(QUEUE, "a: put()\na: done\n"))
        .withMessage("argument 0 of put() is missing");
    for (Model<?> model :
        List.of(
            Models.lock(),
            Models.readWriteLock(),
            Models.semaphore(1),
            Models.register(),
            Models.pool(1))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> kind(Linearizability.of(model), "a: x()\na: done\n"))
          .withMessageStartingWith("the model does not know x() of a; it knows ");
    }
  }

  @Test
  void misuseIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QUEUE.budget(Duration.ZERO))
        .withMessage("time: PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> QUEUE.configurations(0))
        .withMessage("configurations: 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Models.queue(0))
        .withMessage("capacity: 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Models.stack(-1))
        .withMessage("capacity: -1");
    assertThatIllegalArgumentException().isThrownBy(() -> Models.pool(0)).withMessage("size: 0");
  }
}
