// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.internal.linear.Budget;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the search is told of calls is so. */
class PartTest {

  /** Registers by key, of which one model knows all. */
  private static final class Registers implements Model<Map<Object, Object>> {
    @Override
    public Map<Object, Object> initial() {
      return Map.of();
    }

    @Override
    public Transition<Map<Object, Object>> step(Map<Object, Object> state, Operation call) {
      Object key = requireNonNull(call.key());
      if (call.name().equals("get")) {
        return Transition.returning(state.get(key), state);
      }
      Map<Object, Object> changed = new HashMap<>(state);
      changed.put(key, requireNonNull(call.argument(0)));
      return Transition.done(Map.copyOf(changed));
    }

    @Override
    public boolean knowsThreads() {
      return false;
    }
  }

  /** Two calls that have not ended are the same only if they are calls of the same object. */
  @Test
  void pendingCallsOfOtherObjectsAreNoTwins() throws Exception {
    Part<?> part =
        new Part<>(
            new Registers(),
            List.of(
                pendingSet("a", "A", 0),
                pendingSet("b", "B", 1),
                get("B", 2, Outcome.returned(1)),
                get("A", 4, Outcome.returned(null))));
    assertThat(part.search(part.timeline(), budget(), false).linearizable()).isTrue();
  }

  /** Of two that do the same and have not ended, it is the first that has taken effect, if any. */
  @Test
  void laterTwinIsIdle() throws Exception {
    Part<?> part =
        new Part<>(
            new Registers(),
            List.of(
                pendingSet("a", "A", 0),
                pendingSet("b", "A", 1),
                get("A", 2, Outcome.returned(1))));
    assertThat(part.idle(part.operation(2), budget()).stream()).containsExactly(1);
  }

  /** What the culprit did, or failed to do, is not what a pending call does. */
  @Test
  void culpritHasNoTwin() throws Exception {
    Operation failed =
        new Operation("a", null, "tryAcquire", List.of(), Outcome.returned(false), 0, 3);
    Operation pending =
        new Operation(
            "b", null, "tryAcquire", List.of(), new Outcome.Pending(), 1, Operation.NEVER);
    Part<?> part = new Part<>(Models.semaphore(1), List.of(failed, pending));
    assertThat(part.search(part.timeline(), budget(), false).linearizable()).isTrue();
    assertThat(part.idle(failed, budget()).stream()).isEmpty();
  }

  private static Budget budget() {
    return new Budget(Duration.ofSeconds(10), 1_000);
  }

  private static Operation pendingSet(String thread, String key, int start) {
    return new Operation(
        thread, key, "set", List.of(1), new Outcome.Pending(), start, Operation.NEVER);
  }

  private static Operation get(String key, int start, Outcome outcome) {
    return new Operation("c", key, "get", List.of(), outcome, start, start + 1);
  }
}
