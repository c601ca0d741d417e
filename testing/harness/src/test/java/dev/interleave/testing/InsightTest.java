// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import dev.interleave.testing.internal.linear.Budget;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a counter-example leaves out must not be what made the rest right: a history that holds has
 * to hold without it.
 */
@Tag("kit")
class InsightTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");
  private static final int HISTORIES = THOROUGH ? 50_000 : 2_000;
  private static final int CALLS = 20;

  @ParameterizedTest
  @Execution(CONCURRENT) // no other thread has a part in it
  @EnumSource
  void holdsWithoutReadsAndFailedAttempts(ModelKind kind) {
    int removed = 0;
    for (int seed = 0; seed < HISTORIES; seed++) {
      Random random = new Random(seed);
      History history = new RandomHistories(kind, seed).linearizable(CALLS);
      History fewer =
          history.only(
              call -> call.isPending() || !kind.model.isReadOnly(call) || random.nextBoolean());
      removed += history.operations().size() - fewer.operations().size();
      assertThatItHolds(kind, fewer, history);
    }
    assertThat(removed).isGreaterThan(HISTORIES);
  }

  @ParameterizedTest
  @Execution(CONCURRENT) // no other thread has a part in it
  @EnumSource
  void holdsWithoutGroups(ModelKind kind) {
    Insight insight = (Insight) kind.model;
    int removed = 0;
    for (int seed = 0; seed < HISTORIES; seed++) {
      Random random = new Random(seed);
      History history =
          surviving(kind, insight, new RandomHistories(kind, seed).linearizable(CALLS));
      List<Operation> calls = history.operations();
      BitSet out = new BitSet();
      for (Insight.Group group : insight.groups(calls)) {
        if (random.nextBoolean()) {
          out.or(group.calls());
        }
      }
      removed += out.cardinality();
      assertThatItHolds(kind, without(out, history), history);
    }
    assertThat(removed).isGreaterThan(HISTORIES / 4);
  }

  /** Also where nothing moves any more, as to whether those that wait have to. */
  @ParameterizedTest
  @Execution(CONCURRENT) // no other thread has a part in it
  @EnumSource
  void stillHasToWaitWithoutNeutralGroups(ModelKind kind) {
    Insight insight = (Insight) kind.model;
    Linearizability<?> check = Linearizability.of(kind.model).quiescent();
    int held = 0;
    for (int seed = 0; seed < HISTORIES; seed++) {
      Random random = new Random(seed);
      History history =
          surviving(kind, insight, new RandomHistories(kind, seed).linearizable(CALLS));
      BitSet out = new BitSet();
      for (Insight.Group group : insight.groups(history.operations())) {
        if (group.isNeutral() && random.nextBoolean()) {
          out.or(group.calls());
        }
      }
      if (check.check(history).kind() == Verdict.Kind.HOLDS) {
        held += out.isEmpty() ? 0 : 1;
        History fewer = without(out, history);
        Verdict verdict = check.check(fewer);
        assertThat(verdict.kind())
            .as("%s of%n%s%s", fewer, history, verdict)
            .isEqualTo(Verdict.Kind.HOLDS);
      }
    }
    assertThat(held).isGreaterThan(kind == ModelKind.REGISTER ? -1 : HISTORIES / 100);
  }

  /** Whatever one of those that ended did: that is to be the one that cannot be explained. */
  @ParameterizedTest
  @Execution(CONCURRENT) // no other thread has a part in it
  @EnumSource
  void holdsWithoutPendingCallsThatCannotHaveHadAnEffect(ModelKind kind) throws Exception {
    int removed = 0;
    int acted = 0;
    for (int seed = 0; seed < HISTORIES; seed++) {
      Random random = new Random(seed);
      History history = new RandomHistories(kind, seed).linearizable(CALLS / 2);
      Part<?> part = new Part<>(kind.model, history.operations());
      List<Operation> ended = part.operations().stream().filter(call -> !call.isPending()).toList();
      if (ended.isEmpty()) {
        continue;
      }
      Operation culprit = ended.get(random.nextInt(ended.size()));
      BitSet idle = part.idle(culprit, new Budget(Duration.ofMinutes(1), Long.MAX_VALUE));
      History fewer =
          history.only(call -> !call.isPending() || !idle.get(part.operations().indexOf(call)));
      removed += history.operations().size() - fewer.operations().size();
      acted += (int) fewer.operations().stream().filter(Operation::isPending).count();
      assertThatItHolds(kind, fewer, history);
    }
    assertThat(removed).as("some are idle").isGreaterThan(HISTORIES / 20);
    assertThat(acted).as("some are not").isGreaterThan(HISTORIES / 20);
  }

  private static History surviving(ModelKind kind, Insight insight, History history) {
    return history.only(
        call -> call.isPending() || !kind.model.isReadOnly(call) || insight.survives(call));
  }

  private static History without(BitSet out, History history) {
    List<Operation> calls = history.operations();
    return history.only(call -> !out.get(calls.indexOf(call)));
  }

  private static void assertThatItHolds(ModelKind kind, History fewer, History history) {
    Verdict verdict = Linearizability.of(kind.model).check(fewer);
    assertThat(verdict.kind())
        .as("%s of%n%s%s", fewer, history, verdict)
        .isEqualTo(Verdict.Kind.HOLDS);
  }
}
