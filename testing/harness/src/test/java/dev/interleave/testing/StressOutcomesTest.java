// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.testing.StressReport.Kind;
import dev.interleave.testing.StressReport.Outcome;
import dev.interleave.testing.contract.ThreadKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What makes up the outcome of a round, and what is thought of it. */
class StressOutcomesTest {
  private static final int ROUNDS = 500;

  @Test
  void arbiterAloneIsTheOutcome() throws Exception {
    StressReport report = run(subject().actor("a", s -> {}).arbiter(s -> "x").expect("x", "it"));
    assertThat(only(report).value()).isEqualTo("x");
    assertThat(only(report).count()).isEqualTo(ROUNDS);
    assertThat(report.rounds()).isEqualTo(ROUNDS);
  }

  @Test
  void resultsComeInTheOrderOfTheActorsBeforeTheArbiter() throws Exception {
    StressReport report =
        run(
            subject()
                .actorReturning("a", s -> "first")
                .actor("b", s -> {})
                .actorReturning("c", s -> null)
                .arbiter(s -> 3)
                .expect(Stress.outcome("first", null, 3), "all"));
    assertThat(only(report).value()).isEqualTo(Arrays.asList("first", null, 3L));
    report.assertHolds();
  }

  @Test
  void withoutResultsAndArbiterCompletionIsTheOutcomeAndExpected() throws Exception {
    StressReport report = run(subject().actor("a", s -> {}));
    assertThat(only(report).value()).hasToString("completed");
    assertThat(only(report).kind()).isEqualTo(Kind.EXPECTED);
    report.assertHolds();
  }

  @Test
  void nullMayBeAnOutcome() throws Exception {
    run(subject().actorReturning("a", s -> null).expect(null, "none")).assertHolds();
  }

  @Test
  void wholeNumbersAreComparedByValueAndArraysLikeLists() throws Exception {
    run(subject().actorReturning("a", s -> 2L).expect(2, "")).assertHolds();
    run(subject().actorReturning("a", s -> (byte) 2).expect(2L, "")).assertHolds();
    run(subject().actorReturning("a", s -> new int[] {1, 2}).expect(List.of(1, 2), ""))
        .assertHolds();
    run(subject().actorReturning("a", s -> List.of(List.of(1))).expect(List.of(List.of(1L)), ""))
        .assertHolds();
    assertThat(run(subject().actorReturning("a", s -> 2.0).expect(2, "")).holds()).isFalse();
  }

  @Test
  void unlistedIsForbiddenUnlessSaidOtherwise() throws Exception {
    StressReport report = run(subject().actorReturning("a", s -> "odd").expect("x", "it"));
    assertThat(report.holds()).isFalse();
    assertThat(report.seenForbidden())
        .singleElement()
        .satisfies(outcome -> {
          assertThat(outcome.value()).isEqualTo("odd");
          assertThat(outcome.description()).isEqualTo("not listed");
        });
    for (Kind kind : List.of(Kind.EXPECTED, Kind.INTERESTING)) {
      run(subject().actorReturning("a", s -> "odd").unlisted(kind)).assertHolds();
    }
  }

  @Test
  void interestingOutcomesAreShownButHold() throws Exception {
    StressReport report = run(subject().actorReturning("a", s -> 1).interesting(1, "rare"));
    report.assertHolds();
    assertThat(only(report).kind()).isEqualTo(Kind.INTERESTING);
    assertThat(only(report).interleaving()).isNotNull();
  }

  @Test
  void listedOutcomesThatWereNotSeenAreInTheReport() throws Exception {
    StressReport report =
        run(subject().actorReturning("a", s -> 1).expect(1, "seen").forbid(2, "not seen"));
    report.assertHolds();
    assertThat(report.outcomes()).extracting(Outcome::count).containsExactly(0L, (long) ROUNDS);
    assertThat(report.count(2)).isZero();
    assertThat(report.count("never heard of")).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsThrownStandsInPlaceOfTheResult(ThreadKind kind) throws Exception {
    StressReport report =
        run(
            subject()
                .actor(
                    "a",
                    s -> {
                      throw new IllegalStateException("wrong");
                    })
                .actorReturning("b", s -> 1)
                .actorReturning(
                    "c",
                    s -> {
                      throw new Exception("checked");
                    })
                .arbiter(s -> {
                  throw new AssertionError("judged");
                })
                .threads(kind));
    assertThat(only(report).value())
        .isEqualTo(
            List.of(
                new Stress.Thrown("a", IllegalStateException.class),
                1L,
                new Stress.Thrown("c", Exception.class),
                new Stress.Thrown("arbiter", AssertionError.class)));
    assertThat(report.holds()).isFalse();
    assertThatThrownBy(report::assertHolds).hasRootCauseMessage("wrong");
  }

  @Test
  void exceptionMayBeExpected() throws Exception {
    run(subject()
            .actor(
                "a",
                s -> {
                  throw new IllegalStateException("full");
                })
            .expect(new Stress.Thrown("a", IllegalStateException.class), "refused"))
        .assertHolds();
  }

  @Test
  void violatedInvariantIsForbiddenWhateverElseIsListed() throws Exception {
    StressReport report =
        run(
            subject()
                .actorReturning("a", s -> 1)
                .invariant("true", s -> true)
                .invariant("false", s -> false)
                .unlisted(Kind.EXPECTED));
    assertThat(only(report).value()).isEqualTo(new Stress.Violated("false"));
    assertThat(report.holds()).isFalse();
    StressReport thrown =
        run(
            subject()
                .actorReturning("a", s -> 1)
                .invariant(
                    "i",
                    s -> {
                      throw new Exception("no");
                    }));
    assertThat(only(thrown).value())
        .isEqualTo(List.of(1L, new Stress.Thrown("invariant i", Exception.class)));
  }

  @Test
  void subjectsAreFreshAndSetUpOnceAndEachActorActsOnceInEachRound() throws Exception {
    Set<AtomicInteger> subjects = ConcurrentHashMap.newKeySet();
    AtomicLong actions = new AtomicLong();
    StressReport report =
        Stress.on(
                () -> {
                  AtomicInteger subject = new AtomicInteger();
                  subjects.add(subject);
                  return subject;
                })
            .setup(subject -> subject.addAndGet(10))
            .actor(
                "a",
                subject -> {
                  subject.incrementAndGet();
                  actions.incrementAndGet();
                })
            .actor(
                "b",
                subject -> {
                  subject.incrementAndGet();
                  actions.incrementAndGet();
                })
            .arbiter(AtomicInteger::get)
            .expect(12, "set up once, counted twice")
            .rounds(ROUNDS)
            .run();
    report.assertHolds();
    assertThat(subjects).hasSize(ROUNDS);
    assertThat(actions).hasValue(2L * ROUNDS);
  }

  @Test
  void outcomesWithoutEndAreCountedTogether() throws Exception {
    AtomicLong next = new AtomicLong();
    StressReport report =
        Stress.on(Object::new)
            .actorReturning("a", s -> next.incrementAndGet())
            .unlisted(Kind.EXPECTED)
            .rounds(5L * Tally.MOST_OUTCOMES)
            .run();
    assertThat(report.outcomes()).hasSizeLessThanOrEqualTo(2 * Tally.MOST_OUTCOMES + 1);
    assertThat(report.rounds()).isEqualTo(5L * Tally.MOST_OUTCOMES);
    assertThat(report.count(new Tally.Others(Kind.EXPECTED))).isPositive();
  }

  /** Else a run that has seen much might hold though it has seen what is forbidden. */
  @Test
  void whatIsListedViolatedOrThrownIsNeverCountedWithTheOthers() throws Exception {
    AtomicLong next = new AtomicLong();
    long last = 5L * Tally.MOST_OUTCOMES;
    StressReport report =
        Stress.on(next::incrementAndGet)
            .actorReturning("a", s -> s == last - 1 ? Objects.requireNonNull(null, "it") : s)
            .invariant("not the last", s -> s < last)
            .unlisted(Kind.EXPECTED)
            .expect(last - 4, "listed")
            .interesting(last - 3, "odd")
            .forbid(last - 2, "wrong")
            .rounds(last)
            .run();
    assertThat(report.count(last - 4)).isOne();
    assertThat(report.count(last - 3)).isOne();
    assertThat(report.count(new Stress.Violated("not the last"))).isOne();
    assertThat(report.seenForbidden()).hasSize(3).allMatch(outcome -> outcome.count() == 1);
    assertThat(report.rounds()).isEqualTo(last);
  }

  /** What does not care for the results has not said that anything may be thrown. */
  @Test
  void whatIsThrownIsForbiddenUnlessListed() throws Exception {
    assertThat(run(thrower().unlisted(Kind.EXPECTED)).holds()).isFalse();
    assertThat(run(thrower().arbiter(s -> 1).unlisted(Kind.INTERESTING)).holds()).isFalse();
    run(thrower().expect(new Stress.Thrown("a", Exception.class), "as it should")).assertHolds();
  }

  private static Stress<Object> thrower() {
    return subject()
        .actor(
            "a",
            s -> {
              throw new Exception("no");
            });
  }

  @Test
  void outcomeOfOnePartIsThatPart() throws Exception {
    run(subject().actorReturning("a", s -> 1).expect(Stress.outcome(1), "")).assertHolds();
    run(subject().actorReturning("a", s -> null).expect(Stress.outcome((Object) null), ""))
        .assertHolds();
    assertThatThrownBy(Stress::outcome).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void smallPartsOfAllTypesAreToldApart() throws Exception {
    List<Object> values = Arrays.asList(null, true, false, -2, -1, 0, 1, 11L, 12, 13L, "1", 1.0);
    AtomicInteger next = new AtomicInteger();
    Stress<Integer> stress =
        Stress.on(() -> next.getAndIncrement() % values.size())
            .actorReturning("a", values::get)
            .actorReturning("b", i -> values.get(values.size() - 1 - i))
            .arbiter(i -> 0);
    for (int i = 0; i < values.size(); i++) {
      stress.expect(Stress.outcome(values.get(i), values.get(values.size() - 1 - i), 0), "" + i);
    }
    StressReport report = stress.rounds(100L * values.size()).run();
    assertThat(report.outcomes()).extracting(Outcome::count).containsOnly(100L);
  }

  @Test
  void firstPerturbedRoundIsKnownOfExpectedOutcomesToo() throws Exception {
    StressReport report = run(subject().actorReturning("a", s -> 1).expect(1, "it"));
    assertThat(only(report).perturbedRound()).hasValue(0);
    assertThat(only(report).interleaving()).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void interruptStatusDoesNotReachTheNextRound(ThreadKind kind) throws Exception {
    run(subject()
            .actorReturning(
                "a",
                s -> {
                  boolean before = Thread.currentThread().isInterrupted();
                  Thread.currentThread().interrupt();
                  return before;
                })
            .expect(false, "clear")
            .threads(kind))
        .assertHolds();
  }

  @ParameterizedTest
  @EnumSource
  void actorsRunOnTheKindOfThreadAskedForUnderTheirNames(ThreadKind kind) throws Exception {
    run(subject()
            .actorReturning("a", s -> Thread.currentThread().getName())
            .actorReturning("b", s -> Thread.currentThread().isVirtual())
            .expect(Stress.outcome("stress-a", kind == ThreadKind.VIRTUAL), "as asked")
            .threads(kind))
        .assertHolds();
  }

  @Test
  void failFastEndsWellBeforeTheTimeAndFindsAnInterleaving() throws Exception {
    StressReport report =
        subject()
            .actorReturning("a", s -> "bad")
            .forbid("bad", "always")
            .failFast()
            .run(java.time.Duration.ofDays(1));
    assertThat(report.seenForbidden())
        .singleElement()
        .satisfies(outcome -> assertThat(outcome.interleaving()).isNotNull());
  }

  @Test
  void progressIsReported() throws Exception {
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch reported = new CountDownLatch(1);
    subject()
        .actor("a", s -> reported.await())
        .progress(line -> {
          lines.add(line);
          reported.countDown();
        })
        .rounds(1)
        .run();
    assertThat(lines.get(0)).contains("0 rounds", "0 forbidden");
  }

  private static Stress<Object> subject() {
    return Stress.on(Object::new);
  }

  private static StressReport run(Stress<?> stress) throws InterruptedException {
    return stress.rounds(ROUNDS).run();
  }

  private static Outcome only(StressReport report) {
    List<Outcome> seen = report.outcomes().stream().filter(outcome -> outcome.count() > 0).toList();
    assertThat(seen).hasSize(1);
    return seen.get(0);
  }
}
