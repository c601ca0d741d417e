// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.internal.linear.Hints;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a counter-example says is so, also where there is no time to say more. */
class CounterexampleTest {
  private static final Linearizability<?> QUEUE = Linearizability.of(Models.queue());
  private static final Linearizability<?> SEMAPHORE = Linearizability.of(Models.semaphore(0));

  private static Counterexample counterexample(Linearizability<?> check, String history) {
    return check.check(History.parse(history)).counterexample();
  }

  private static List<String> calls(Counterexample example) {
    return example.history().operations().stream().map(Operation::toString).toList();
  }

  private static String text(String lines) {
    return lines.strip().replace("\n", System.lineSeparator());
  }

  private static final String SWAPPED =
      """
      a: put(1)
      a: done
      a: put(2)
      a: done
      a: take()
      a: returned 2
      a: take()
      a: returned 1
      """;

  @Test
  void firstCallThatCannotBeExplainedIsTheCulprit() {
    Counterexample example = counterexample(QUEUE, SWAPPED);
    assertThat(example.culprit()).map(Operation::toString).contains("take() -> 2");
    assertThat(calls(example)).containsExactly("put(1)", "put(2)", "take() -> 2");
  }

  /** One look at how the items come out tells that it is violated, but not where. */
  @Test
  void nobodyIsAccusedIfTheBudgetEndsFirst() {
    Verdict verdict = QUEUE.configurations(1).check(History.parse(SWAPPED));
    assertThat(verdict.kind()).isEqualTo(Verdict.Kind.VIOLATED);
    Counterexample example = verdict.counterexample();
    assertThat(example.culprit()).isEmpty();
    assertThat(example.states()).isEmpty();
    assertThat(example.isSmallest()).isFalse();
    assertThat(calls(example)).containsExactly("put(1)", "put(2)", "take() -> 2", "take() -> 1");
    assertThat(example)
        .hasToString(
            text(
                """
                Not linearizable: put(1) of a, or a call that ends later, cannot be explained.

                  a  |-put(1)-| |-put(2)-| |-take() -> 2-| |-take() -> 1-|

                Which one it is, was not found out: the budget of 1 configurations is spent.
                """));
  }

  /** Whenever it is interrupted, it says what it knows by then and nothing else. */
  @Test
  void halfTheWorkIsNoLie() {
    History history = History.parse("b: size()\nd: take()\n" + SWAPPED + "c: put(3)\n");
    int named = 0;
    int complete = 0;
    for (int steps = 0; complete == 0; steps++) {
      Verdict verdict =
          Linearizability.of(new Interrupting<>(Models.queue(), steps)).check(history);
      boolean interrupted = Thread.interrupted();
      if (verdict.kind() == Verdict.Kind.GAVE_UP) {
        assertThat(interrupted).isTrue();
        continue;
      }
      Counterexample example = verdict.counterexample();
      assertThat(QUEUE.check(example.history()).kind()).isEqualTo(Verdict.Kind.VIOLATED);
      if (example.culprit().isPresent()) {
        assertThat(example.culprit()).map(Operation::toString).contains("take() -> 1");
        named++;
      } else {
        assertThat(example.toString()).contains(", or a call that ends later, cannot be explained");
      }
      if (!example.states().isEmpty()) {
        assertThat(example.states()).containsExactly("[] after take() of d");
      }
      if (!interrupted) {
        assertThat(example.isSmallest()).isTrue();
        complete++;
      }
    }
    assertThat(named).as("some are named while there is more to find out").isGreaterThan(1);
  }

  /** Interrupts the check after so many steps. */
  private static final class Interrupting<S> implements Model<S>, Insight {
    private final Model<S> model;
    private int stepsLeft;

    Interrupting(Model<S> model, int steps) {
      this.model = model;
      this.stepsLeft = steps;
    }

    @Override
    public S initial() {
      return model.initial();
    }

    @Override
    public Transition<S> step(S state, Operation call) {
      if (stepsLeft-- == 0) {
        Thread.currentThread().interrupt();
      }
      return model.step(state, call);
    }

    @Override
    public boolean isReadOnly(Operation call) {
      return model.isReadOnly(call);
    }

    @Override
    public boolean knowsThreads() {
      return model.knowsThreads();
    }

    @Override
    public void orderEffects(List<Operation> operations, Hints hints) {
      ((Insight) model).orderEffects(operations, hints);
    }

    @Override
    public List<Group> groups(List<Operation> operations) {
      return ((Insight) model).groups(operations);
    }

    @Override
    public boolean survives(Operation readOnly) {
      return ((Insight) model).survives(readOnly);
    }
  }

  @Test
  void stateMayBeThatAfterACallThatHasNotEnded() {
    Counterexample example =
        counterexample(QUEUE, "a: put(1)\nb: size()\nb: returned 2\nc: put(2)\nc: done\n");
    assertThat(example.states()).containsExactly("[]", "[1] after put(1) of a");
    assertThat(example)
        .hasToString(
            text(
                """
                Not linearizable: size() -> 2 of b cannot be explained.

                  a  |-put(1) ...----
                  b    |-size() -> 2-|

                Without it, the state at its end can only have been
                  []
                  [1] after put(1) of a
                Other calls, which make no difference: 1
                """));
  }

  /** It has ended, but later. */
  @Test
  void stateMayBeThatAfterACallCutOff() {
    Counterexample example =
        counterexample(QUEUE, "a: put(1)\nb: size()\nb: returned 2\na: done\n");
    assertThat(example.states()).containsExactly("[]", "[1] after put(1) of a");
    assertThat(calls(example)).containsExactly("put(1) ...", "size() -> 2");
  }

  /** It says that it failed, and somebody took what it put in. */
  @Test
  void stateMayBeThatAfterTheCulpritEndedOtherwise() {
    Counterexample example =
        counterexample(QUEUE, "a: offer(1)\nb: take()\nb: returned 1\na: returned false\n");
    assertThat(example)
        .hasToString(
            text(
                """
                Not linearizable: offer(1) -> false of a cannot be explained.

                  a  |-offer(1) -> false-|
                  b    |-take() -> 1-|

                Had it ended otherwise, the state at its end could only have been
                  [] after offer(1) of a ending otherwise
                """));
  }

  /** An acquisition of two permits proves nothing if somebody may have released them. */
  @Test
  void callThatMayHaveHadAnEffectIsNotLeftOut() {
    Counterexample example = counterexample(SEMAPHORE, "a: release()\nb: acquire(2)\nb: done\n");
    assertThat(calls(example)).containsExactly("release() ...", "acquire(2)");
    assertThat(example.states()).containsExactly("0", "1 after release() of a");
  }

  @Test
  void callThatCannotHaveHadAnEffectIsLeftOut() {
    Counterexample example =
        counterexample(SEMAPHORE, "a: acquire(3)\nb: acquire(2)\nb: done\nc: release(7)\nc: done");
    assertThat(calls(example)).containsExactly("acquire(2)");
    assertThat(example.states()).containsExactly("0");
    assertThat(example.isSmallest()).isTrue();
  }

  /** They can be told from one another by what they put in, so there are thousands of orders. */
  @Test
  void tooManyStatesAreNotKnown() {
    HistoryBuilder history = History.builder();
    IntStream.range(0, 7).forEach(i -> history.call("t" + i, "put", i));
    history.call("a", "size").returned("a", 8);
    Counterexample example = QUEUE.check(history.build()).counterexample();
    assertThat(example.culprit()).map(Operation::toString).contains("size() -> 8");
    assertThat(calls(example)).hasSize(8);
    assertThat(example.states()).isEmpty();
    assertThat(example.isSmallest()).isFalse();
    assertThat(example.toString())
        .contains(
            "The states at its end are not known: the calls can have gone more than 1000 ways.")
        .doesNotContain("can only have been");
  }
}
