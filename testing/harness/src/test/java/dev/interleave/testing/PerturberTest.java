// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.Perturber.Decision;
import dev.interleave.testing.contract.ThreadKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same seed decides the same, and every seed decides something. */
class PerturberTest {
  private static final Set<Perturbation> ALL = EnumSet.allOf(Perturbation.class);
  private static final int ACTORS = 3;
  private static final int POINTS = 6;

  private static List<Decision> decisions(long seed, Set<Perturbation> allowed, long rounds) {
    Perturber perturber = new Perturber(seed, ACTORS, allowed);
    List<Decision> decisions = new ArrayList<>();
    for (long round = 0; round < rounds; round++) {
      for (int actor = 0; actor < ACTORS; actor++) {
        for (int point = 0; point < POINTS; point++) {
          decisions.add(perturber.decide(round, actor, point));
        }
      }
    }
    return decisions;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 42, -1, Long.MIN_VALUE})
  void sameSeedDecidesTheSame(long seed) {
    assertThat(decisions(seed, ALL, 100)).isEqualTo(decisions(seed, ALL, 100));
    assertThat(decisions(seed, ALL, 100)).isNotEqualTo(decisions(seed + 1, ALL, 100));
  }

  @ParameterizedTest
  @EnumSource
  void onlyWhatIsAllowedHappensAndItDoes(Perturbation one) {
    assertThat(decisions(7, EnumSet.of(one), 200).stream().map(Decision::what).distinct().toList())
        .containsExactlyInAnyOrder(null, one);
  }

  @Test
  void everythingAllowedHappensToEveryone() {
    List<Decision> decisions = decisions(7, ALL, 200);
    assertThat(decisions.stream().map(Decision::what).collect(Collectors.toSet())).containsAll(ALL);
    assertThat(decisions.stream().map(Decision::target).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(0, 1, 2);
    assertThat(decisions)
        .allSatisfy(decision -> {
          assertThat(decision.amount()).isBetween(0, (1 << Perturber.DOUBLINGS) - 1);
        });
  }

  @Test
  void nothingAllowedDoesNothing() {
    assertThat(decisions(7, Set.of(), 100)).containsOnly(Decision.NOTHING);
  }

  @Test
  void someRoundsAreOnlyWatchedAndSomeHoldUpOneActorOnce() {
    Perturber perturber = new Perturber(7, ACTORS, ALL);
    int[] rounds = new int[3];
    for (long round = 0; round < 1_000; round++) {
      int perturbed = 0;
      for (int actor = 0; actor < ACTORS; actor++) {
        for (int point = 0; point < POINTS; point++) {
          perturbed += perturber.decide(round, actor, point).what() == null ? 0 : 1;
        }
      }
      rounds[Math.min(perturbed, 2)]++;
    }
    assertThat(Arrays.stream(rounds).boxed().toList()).allMatch(count -> count > 150);
  }

  /** Each round has an outcome of its own, so that all interleavings are in the report. */
  private static Stress<Object> recorded(ThreadKind kind) {
    AtomicLong next = new AtomicLong();
    return Stress.on(Object::new)
        .actorReturning(
            "a",
            s -> {
              Stress.sync();
              Stress.sync("second");
              return next.incrementAndGet();
            })
        .unlisted(StressReport.Kind.INTERESTING)
        .perturb(Perturbation.YIELD, Perturbation.PARK, Perturbation.DELAY, Perturbation.WAKE_UP)
        .threads(kind);
  }

  /** What happens in a few rounds, each run twice in a row. */
  private static List<List<String>> ways(ThreadKind kind, long seed) throws InterruptedException {
    List<List<String>> ways = new ArrayList<>();
    for (long round = 0; round < 20; round++) {
      StressReport report = recorded(kind).seed(seed).replay(round).rounds(2).run();
      assertThat(report.perturbedRounds()).isEqualTo(2);
      assertThat(report.outcomes()).hasSize(2);
      for (StressReport.Outcome outcome : report.outcomes()) {
        assertThat(outcome.perturbedRound()).hasValue(round);
        ways.add(
            requireNonNull(outcome.interleaving()).events().stream()
                .map(Interleaving.Event::what)
                .toList());
      }
    }
    return ways;
  }

  @ParameterizedTest
  @EnumSource
  void replayDoesTheSameInEachRoundAndRun(ThreadKind kind) throws Exception {
    List<List<String>> ways = ways(kind, 5);
    assertThat(ways(kind, 5)).isEqualTo(ways).isNotEqualTo(ways(kind, 6));
    assertThat(ways)
        .allSatisfy(way -> assertThat(way).contains("begins", "sync", "second", "ends"))
        .anySatisfy(way -> assertThat(way).hasSizeGreaterThan(4));
    for (int i = 0; i < ways.size(); i += 2) {
      assertThat(ways.get(i)).isEqualTo(ways.get(i + 1));
    }
  }

  @Test
  void seedPropertyIsASeedOrASeedAndARound() {
    assertThat(SeedProperty.read(null)).isNull();
    assertThat(SeedProperty.read(" -42 ")).isEqualTo(new SeedProperty(-42, OptionalLong.empty()));
    assertThat(SeedProperty.read("42:17")).isEqualTo(new SeedProperty(42, OptionalLong.of(17)));
  }
}
