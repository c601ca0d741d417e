// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A call that the model does not know is refused, also if the search would not have looked at it.
 */
class UnknownOperationsTest {
  private static final Linearizability<?> QUEUE = Linearizability.of(Models.queue());

  private static Verdict.Kind kind(Linearizability<?> check, String history) {
    return check.check(History.parse(history)).kind();
  }

  @Test
  void unknownOperationIsRefusedWhateverBecameOfIt() {
    for (Model<?> model :
        List.of(
            Models.queue(),
            Models.lock(),
            Models.readWriteLock(),
            Models.semaphore(1),
            Models.register(),
            Models.pool(1),
            ownModel())) {
      Linearizability<?> check = Linearizability.of(model);
      for (Linearizability<?> each : List.of(check, check.quiescent())) {
        for (String became : List.of("", "a: threw java.lang.InterruptedException\n")) {
          assertThatIllegalArgumentException()
              .isThrownBy(() -> kind(each, "a: x()\n" + became))
              .withMessageStartingWith("the model does not know x() of a; it knows ");
        }
      }
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kind(QUEUE, "b: tkae()\na: put(1)\na: done\n"))
        .withMessageStartingWith("the model does not know tkae() of b");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kind(QUEUE, "a: put()\n"))
        .withMessage("argument 0 of put() is missing");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kind(Linearizability.of(Models.register(1)), "a: compareAndSet(5)\n"))
        .withMessage("argument 1 of compareAndSet(5) is missing");
  }

  /** It is possible later, and that is where the model is asked for it. */
  @Test
  void operationThatFailsInTheInitialStateIsNotRefused() {
    Model<List<Object>> stack =
        Model.of(
            List.of(),
            (state, call) ->
                call.name().equals("pop")
                    ? Transition.returning(state.getLast(), state.subList(0, state.size() - 1))
                    : Transition.done(List.of(requireNonNull(call.argument(0)))));
    assertThat(kind(Linearizability.of(stack), "a: push(1)\na: done\na: pop()\na: returned 1\n"))
        .isEqualTo(Verdict.Kind.HOLDS);
  }

  private static Model<Integer> ownModel() {
    return Model.of(
        0,
        (state, call) -> {
          throw call.unknown("nothing");
        });
  }
}
