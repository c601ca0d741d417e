// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.pool.Outcome.Cancelled;
import dev.interleave.pool.Outcome.Failure;
import dev.interleave.pool.Outcome.NotStarted;
import dev.interleave.pool.Outcome.Success;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a batch does, on every kind of executor. */
@NoThreadLeaks(ignoring = ExecutorKind.CLOCKS)
class BatchTest {
  private static final List<Integer> TEN = IntStream.range(0, 10).boxed().toList();

  /** Long enough for nothing to happen before, or a test waits in vain. */
  private static final Duration SOON = Duration.ofMillis(50);

  /** Work that begins, and stays until it is interrupted; it notes both. */
  private static final class Stays implements Work<Integer, Integer> {
    final Map<Integer, CountDownLatch> begun = new ConcurrentHashMap<>();
    final Map<Integer, CountDownLatch> interrupted = new ConcurrentHashMap<>();

    Stays() {
      for (Integer i : TEN) {
        begun.put(i, new CountDownLatch(1));
        interrupted.put(i, new CountDownLatch(1));
      }
    }

    @Override
    public Integer apply(Integer i) throws InterruptedException {
      latch(begun, i).countDown();
      try {
        assertThat(new CountDownLatch(1).await(Blocker.PATIENCE.toSeconds(), TimeUnit.SECONDS))
            .as("nobody interrupts item " + i)
            .isTrue();
        return i;
      } catch (InterruptedException e) {
        latch(interrupted, i).countDown();
        throw e;
      }
    }

    void awaitBegun(int i) throws InterruptedException {
      await(latch(begun, i), "begun: " + i);
    }

    void awaitInterrupted(int i) throws InterruptedException {
      await(latch(interrupted, i), "interrupted: " + i);
    }

    long started() {
      return begun.values().stream().filter(latch -> latch.getCount() == 0).count();
    }

    private static CountDownLatch latch(Map<Integer, CountDownLatch> latches, Integer i) {
      return requireNonNull(latches.get(i));
    }
  }

  private static void await(CountDownLatch latch, String what) throws InterruptedException {
    assertThat(latch.await(Blocker.PATIENCE.toSeconds(), TimeUnit.SECONDS)).as(what).isTrue();
  }

  // ------------------------------------------------------------------ map

  @ParameterizedTest
  @EnumSource
  void mapReturnsInTheOrderOfTheInputsWhateverIsFirst(ExecutorKind kind) throws Exception {
    CountDownLatch last = new CountDownLatch(1);
    try (ExecutorService executor = kind.of(2)) {
      List<String> results =
          Batch.on(executor)
              .map(
                  List.of(0, 1),
                  i -> {
                    if (i == 0) {
                      await(last, "the second is first");
                    }
                    last.countDown();
                    return "r" + i;
                  });
      assertThat(results).containsExactly("r0", "r1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void mapOfNothingIsEmptyAndNullIsAResult(ExecutorKind kind) throws Exception {
    try (ExecutorService executor = kind.of(2)) {
      Batch batch = Batch.on(executor);
      assertThat(batch.map(List.<Integer>of(), i -> i)).isEmpty();
      List<@Nullable Integer> results = batch.map(TEN, i -> i % 2 == 0 ? null : i);
      assertThat(results).containsExactly(null, 1, null, 3, null, 5, null, 7, null, 9);
    }
  }

  @ParameterizedTest
  @EnumSource
  void firstFailureEndsTheBatchAndInterruptsWhatRuns(ExecutorKind kind) throws Exception {
    Stays stays = new Stays();
    IOException failure = new IOException("no route");
    try (ExecutorService executor = kind.of(2)) {
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() ->
              Batch.on(executor)
                  .name("fetch")
                  .window(2)
                  .map(
                      TEN,
                      i -> {
                        if (i == 1) {
                          stays.awaitBegun(0);
                          throw failure;
                        }
                        return stays.apply(i);
                      }))
          .withMessage("fetch: item 1 failed")
          .withCause(failure);
      stays.awaitInterrupted(0);
      assertThat(stays.started()).as("begun after the failure").isOne();
    }
  }

  @ParameterizedTest
  @EnumSource
  void interruptOfTheCallerEndsTheBatch(ExecutorKind kind) throws Exception {
    Stays stays = new Stays();
    try (ExecutorService executor = kind.of(1);
        Actors actors = new Actors(kind.callers(), Blocker.PATIENCE)) {
      Actor caller = actors.actor("caller");
      Step<List<Integer>> call =
          caller.startCall(() -> Batch.on(executor).window(3).map(TEN, stays));
      stays.awaitBegun(0);
      call.awaitBlocked();
      caller.interrupt();
      call.failure(InterruptedException.class);
      stays.awaitInterrupted(0);
      executor.submit(() -> {}).get(30, TimeUnit.SECONDS); // what was queued has had its turn
      assertThat(stays.started()).isOne();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoIsInterruptedBeforeTakesNothingFromTheInputs(ExecutorKind kind) throws Exception {
    try (ExecutorService executor = kind.of(1)) {
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(InterruptedException.class)
          .isThrownBy(() ->
              Batch.on(executor).asCompleted(IntStream.iterate(0, i -> i + 1).iterator(), i -> i));
      assertThat(Thread.interrupted()).isFalse();
    }
  }

  // ------------------------------------------------------------------ deadlines

  @ParameterizedTest
  @EnumSource
  void deadlineReturnsWhatIsThereInOrder(ExecutorKind kind) throws Exception {
    try (ExecutorService executor = kind.of(2)) {
      Duration time = SOON;
      BatchResult<Integer, Integer> result = some(executor, time);
      while (!(result.outcomes().get(2) instanceof Cancelled)) { // a slow machine: give it more
        time = time.multipliedBy(2);
        assertThat(time).isLessThan(Blocker.PATIENCE);
        result = some(executor, time);
      }
      assertThat(result.outcomes()).extracting(Outcome::index).containsExactly(0L, 1L, 2L, 3L, 4L);
      assertThat(result.outcomes()).extracting(Outcome::input).containsExactly(0, 1, 2, 3, 4);
      assertThat(result.outcomes().get(0)).isInstanceOf(Success.class);
      assertThat(result.outcomes().get(1)).isInstanceOf(Failure.class);
      assertThat(result.outcomes().get(4)).isInstanceOf(NotStarted.class);
      assertThat(result.left()).containsExactly(2, 3, 4);
      assertThat(result.values()).containsExactly(0);
      assertThat(result.failures()).extracting(Failure::cause).hasSize(1);
      assertThat(result.stopped()).containsInstanceOf(TimeoutException.class);
      assertThat(result.isComplete()).isFalse();
      assertThat(result.toString()).contains("1 of 5 succeeded, 1 failed, ", "stopped by ");
      assertThatExceptionOfType(CancellationException.class)
          .isThrownBy(result.outcomes().get(2)::get)
          .withCauseInstanceOf(TimeoutException.class);
    }
  }

  private static BatchResult<Integer, Integer> some(ExecutorService executor, Duration time)
      throws InterruptedException {
    Stays stays = new Stays();
    return Batch.on(executor)
        .window(2)
        .deadline(Deadline.after(time))
        .collect(
            TEN.subList(0, 5),
            i -> {
              if (i == 1) {
                throw new IOException("one");
              }
              return i == 0 ? i : stays.apply(i);
            });
  }

  @ParameterizedTest
  @EnumSource
  void whatMissedTheDeadlineNeverRuns(ExecutorKind kind) throws Exception {
    Stays occupies = new Stays();
    AtomicInteger runs = new AtomicInteger();
    try (ExecutorService executor = kind.of(1);
        Actors actors = new Actors(kind.callers(), Blocker.PATIENCE)) {
      Actor other = actors.actor("other");
      Step<List<Integer>> call =
          other.startCall(() -> Batch.on(executor).map(List.of(0), occupies));
      occupies.awaitBegun(0);
      BatchResult<Integer, Integer> late =
          Batch.on(executor)
              .window(4)
              .deadline(Deadline.after(SOON))
              .collect(TEN, i -> runs.incrementAndGet());
      assertThat(late.notStarted()).isEqualTo(10);
      other.interrupt();
      call.failure(InterruptedException.class);
      executor.submit(() -> {}).get(30, TimeUnit.SECONDS);
      assertThat(runs).as("runs of what was late").hasValue(0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void deadlineFiresWhileTheCallerIsElsewhere(ExecutorKind kind) throws Exception {
    Stays stays = new Stays();
    try (ExecutorService executor = kind.of(1);
        Outcomes<Integer, Integer> outcomes =
            Batch.on(executor).deadline(Deadline.after(SOON)).asCompleted(TEN.iterator(), stays)) {
      // Nobody asks for an outcome. It may be late before it begins: then nothing ever does.
      if (stays.started() > 0) {
        stays.awaitInterrupted(0);
      }
      List<Outcome<Integer, Integer>> all = outcomes.stream().toList();
      assertThat(all).noneMatch(Outcome::isSuccess);
      assertThat(outcomes.stopped()).containsInstanceOf(TimeoutException.class);
      assertThat(all) // those taken from the inputs: mostly all, or none
          .extracting(Outcome::index)
          .containsExactlyInAnyOrderElementsOf(LongStream.range(0, all.size()).boxed().toList());
      assertThat(all).hasSizeLessThanOrEqualTo(10);
    }
  }

  @ParameterizedTest
  @EnumSource
  void deadlineThatHasPassedBeginsNothing(ExecutorKind kind) throws Exception {
    AtomicInteger runs = new AtomicInteger();
    try (ExecutorService executor = kind.of(1)) {
      Batch late = Batch.on(executor).name("late").deadline(Deadline.after(Duration.ZERO));
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> late.map(TEN, i -> runs.incrementAndGet()))
          .withMessage("late: the deadline passed, and 0 of 10 had succeeded");
      assertThat(late.collect(TEN, i -> runs.incrementAndGet()).notStarted()).isEqualTo(10);
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> late.firstSuccess(List.of(runs::incrementAndGet)));
      assertThat(late.map(List.<Integer>of(), i -> i)).isEmpty();
    }
    assertThat(runs).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  void callThatTakesTooLongIsInterruptedAndTheOthersGoOn(ExecutorKind kind) throws Exception {
    Stays stays = new Stays();
    try (ExecutorService executor = kind.of(1)) {
      BatchResult<Integer, Integer> result =
          Batch.on(executor).callTimeout(SOON).collect(TEN, i -> i == 3 ? stays.apply(i) : i);
      stays.awaitInterrupted(3);
      assertThat(result.stopped()).isEmpty();
      assertThat(result.outcomes().get(3))
          .isInstanceOfSatisfying(
              Failure.class,
              failure ->
                  assertThat(failure.cause())
                      .isInstanceOf(TimeoutException.class)
                      .hasMessage("batch: item 3 took longer than PT0.05S"));
      assertThat(result.outcomes().get(9)).isNotInstanceOf(NotStarted.class);
    }
  }

  // ------------------------------------------------------------------ windows

  @ParameterizedTest
  @EnumSource
  void endlessInputsAreTakenOneWindowAtATime(ExecutorKind kind) throws Exception {
    AtomicInteger drawn = new AtomicInteger();
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Iterator<Integer> endless = Stream.generate(drawn::getAndIncrement).iterator();
    try (ExecutorService executor = kind.of(8);
        Outcomes<Integer, Integer> outcomes =
            Batch.on(executor)
                .window(3)
                .asCompleted(
                    endless,
                    i -> {
                      most.accumulateAndGet(running.incrementAndGet(), Math::max);
                      running.decrementAndGet();
                      return i;
                    })) {
      for (int taken = 0; taken < 1_000; taken++) {
        assertThat(drawn.get() - taken).as("begun and not handed out").isBetween(0, 3);
        assertThat(outcomes.takeOrNull()).isInstanceOf(Success.class);
      }
    }
    assertThat(most).hasValueBetween(1, 3);
  }

  @ParameterizedTest
  @EnumSource
  void inOrderHandsOutInOrderAndBoundsWhatIsAhead(ExecutorKind kind) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger begun = new AtomicInteger();
    try (ExecutorService executor = kind.of(4);
        Outcomes<Integer, Integer> outcomes =
            Batch.on(executor)
                .window(4)
                .inOrder(
                    IntStream.range(0, 100).iterator(),
                    i -> {
                      if (begun.incrementAndGet() == 4) {
                        go.countDown(); // the first has waited for those behind it
                      }
                      if (i == 0) {
                        await(go, "all of the window");
                      }
                      return i;
                    })) {
      List<Integer> order = new ArrayList<>();
      for (Outcome<Integer, Integer> outcome : outcomes) {
        order.add(outcome.get());
      }
      assertThat(order).isEqualTo(IntStream.range(0, 100).boxed().toList());
      assertThat(outcomes.stopped()).isEmpty();
    }
  }

  /** As many as were done are begun, not one for each wake-up. */
  @ParameterizedTest
  @EnumSource
  void windowIsFilledAgainWhenSeveralAreDone(ExecutorKind kind) throws Exception {
    CountDownLatch first = new CountDownLatch(4);
    CountDownLatch second = new CountDownLatch(4);
    try (ExecutorService executor = kind.of(4)) {
      List<Integer> all =
          Batch.on(executor)
              .window(4)
              .map(
                  TEN.subList(0, 8),
                  i -> {
                    CountDownLatch together = i < 4 ? first : second;
                    together.countDown();
                    await(together, "four at the same time");
                    return i;
                  });
      assertThat(all).hasSize(8);
    }
  }

  // ------------------------------------------------------------------ outcomes

  @ParameterizedTest
  @EnumSource
  void closeCancelsTheRest(ExecutorKind kind) throws Exception {
    Stays stays = new Stays();
    try (ExecutorService executor = kind.of(2)) {
      Outcomes<Integer, Integer> outcomes =
          Batch.on(executor)
              .window(4)
              .asCompleted(TEN.iterator(), i -> i == 0 ? i : stays.apply(i));
      assertThat(outcomes.takeOrNull()).isInstanceOf(Success.class);
      stays.awaitBegun(1);
      outcomes.close();
      outcomes.close();
      stays.awaitInterrupted(1);
      assertThat(outcomes.takeOrNull()).isNull();
      assertThat(outcomes.iterator().hasNext()).isFalse();
      assertThat(outcomes.stopped()).containsInstanceOf(CancellationException.class);
      // Those that had begun by then have ended; what was queued has been taken back.
      executor.shutdown();
      assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      assertThat(stays.interrupted.values().stream().filter(l -> l.getCount() == 0).count())
          .isEqualTo(stays.started());
      assertThat(stays.started()).isLessThan(5);
    }
  }

  @ParameterizedTest
  @EnumSource
  void interruptedIterationGoesOnWithWhatWasCancelled(ExecutorKind kind) throws Exception {
    Stays stays = new Stays();
    try (ExecutorService executor = kind.of(1);
        Actors actors = new Actors(kind.callers(), Blocker.PATIENCE)) {
      Actor caller = actors.actor("caller");
      Step<List<Outcome<Integer, Integer>>> call =
          caller.startCall(() -> {
            try (Outcomes<Integer, Integer> outcomes =
                Batch.on(executor).window(3).asCompleted(TEN.iterator(), stays)) {
              return outcomes.stream().toList();
            }
          });
      stays.awaitBegun(0);
      call.awaitBlocked();
      caller.interrupt();
      assertThat(call.result())
          .hasSize(3)
          .allSatisfy(outcome ->
              assertThatExceptionOfType(CancellationException.class)
                  .isThrownBy(outcome::get)
                  .withCauseInstanceOf(InterruptedException.class));
      assertThat(call.endedInterrupted()).isTrue();
      stays.awaitInterrupted(0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void inputsThatThrowEndTheBatchAndLoseNothing(ExecutorKind kind) throws Exception {
    IllegalStateException failure = new IllegalStateException("cursor closed");
    Iterator<Integer> inputs =
        Stream.iterate(0, i -> i + 1)
            .peek(i -> {
              if (i == 2) {
                throw failure;
              }
            })
            .iterator();
    try (ExecutorService executor = kind.of(1);
        Outcomes<Integer, Integer> outcomes =
            Batch.on(executor).window(1).asCompleted(inputs, i -> i)) {
      assertThat(outcomes.takeOrNull()).isNotNull();
      assertThat(outcomes.takeOrNull()).isNotNull();
      assertThatThrownBy(outcomes::takeOrNull).isSameAs(failure);
      assertThat(outcomes.takeOrNull()).isNull();
      assertThat(outcomes.stopped()).contains(failure);
    }
  }

  // ------------------------------------------------------------------ first success

  @ParameterizedTest
  @EnumSource
  void firstSuccessCancelsTheOthers(ExecutorKind kind) throws Exception {
    Stays stays = new Stays();
    Callable<String> fails =
        () -> {
          throw new IOException("down");
        };
    Callable<String> slow = () -> "slow " + stays.apply(0);
    Callable<String> wins =
        () -> {
          stays.awaitBegun(0);
          return "here";
        };
    try (ExecutorService executor = kind.of(2)) {
      assertThat(Batch.on(executor).window(2).firstSuccess(List.of(fails, slow, wins)))
          .isEqualTo("here");
      stays.awaitInterrupted(0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whenAllFailEveryFailureIsThereInOrder(ExecutorKind kind) throws Exception {
    List<IOException> failures = TEN.stream().map(i -> new IOException("f" + i)).toList();
    List<Callable<String>> calls =
        failures.stream()
            .map(e ->
                (Callable<String>)
                    () -> {
                      throw e;
                    })
            .toList();
    try (ExecutorService executor = kind.of(3)) {
      assertThatExceptionOfType(ExecutionException.class)
          .isThrownBy(() -> Batch.on(executor).name("mirrors").window(3).firstSuccess(calls))
          .withMessage("mirrors: none of 10 succeeded")
          .withCause(failures.get(0))
          .satisfies(e ->
              assertThat(Arrays.<Throwable>asList(e.getSuppressed()))
                  .isEqualTo(failures.subList(1, 10)));
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> Batch.on(executor).firstSuccess(List.<Callable<String>>of()));
    }
  }

  // ------------------------------------------------------------------ progress

  @ParameterizedTest
  @EnumSource
  void progressIsToldEverySoManyAndAtTheEnd(ExecutorKind kind) throws Exception {
    List<Progress> told = new ArrayList<>(); // the listener runs in this thread
    Thread caller = Thread.currentThread();
    try (ExecutorService executor = kind.of(2)) {
      Batch.on(executor)
          .name("thumbnails")
          .onProgress(
              4,
              progress -> {
                assertThat(Thread.currentThread()).isSameAs(caller);
                told.add(progress);
              })
          .collect(
              TEN,
              i -> {
                if (i == 9) {
                  throw new IOException("broken");
                }
                return i;
              });
    }
    assertThat(told).extracting(Progress::done).containsExactly(4L, 8L, 10L);
    Progress last = told.get(2);
    assertThat(last.isComplete()).isTrue();
    assertThat(last.failed()).isOne();
    assertThat(last.timeLeft()).contains(Duration.ZERO);
    assertThat(last.toString()).startsWith("thumbnails: 10 of 10, ").endsWith("left, 1 failed");
  }

  @ParameterizedTest
  @EnumSource
  void progressIsToldByTimeWhenNothingHappens(ExecutorKind kind) throws Exception {
    CountDownLatch toldTwice = new CountDownLatch(2);
    List<Long> done = new ArrayList<>();
    try (ExecutorService executor = kind.of(1)) {
      Batch.on(executor)
          .onProgress(
              Duration.ofMillis(1),
              progress -> {
                done.add(progress.done());
                toldTwice.countDown();
              })
          .map(
              List.of(0),
              i -> {
                await(toldTwice, "told while it runs");
                return i;
              });
    }
    assertThat(done).startsWith(0L, 0L).endsWith(1L);
  }

  @ParameterizedTest
  @EnumSource
  void listenerThatThrowsEndsTheBatchAndTheOutcomeIsNotLost(ExecutorKind kind) throws Exception {
    IllegalStateException failure = new IllegalStateException("display gone");
    try (ExecutorService executor = kind.of(1);
        Outcomes<Integer, Integer> outcomes =
            Batch.on(executor)
                .window(1)
                .onProgress(
                    2,
                    progress -> {
                      throw failure;
                    })
                .asCompleted(TEN.iterator(), i -> i)) {
      assertThat(outcomes.takeOrNull()).isNotNull();
      assertThatThrownBy(outcomes::takeOrNull).isSameAs(failure);
      Outcome<Integer, Integer> second = outcomes.takeOrNull();
      assertThat(second).isNotNull().extracting(Outcome::input).isEqualTo(1);
      assertThat(outcomes.takeOrNull()).isNull();
    }
  }

  // ------------------------------------------------------------------ arguments

  @Test
  void argumentsAreCheckedAndNamed() {
    try (ExecutorService executor = ExecutorKind.FIXED.of(1)) {
      Batch batch = Batch.on(executor);
      assertThatThrownBy(() -> batch.window(0)).hasMessage("window is not in 1 to 2^20: 0");
      assertThatThrownBy(() -> batch.window((1 << 20) + 1)).hasMessageContaining("1048577");
      assertThatThrownBy(() -> batch.name(" ")).hasMessage("name is blank: \" \"");
      assertThatThrownBy(() -> batch.callTimeout(Duration.ZERO))
          .hasMessage("callTimeout is not positive: PT0S");
      assertThatThrownBy(() -> batch.onProgress(0, progress -> {}))
          .hasMessage("every is less than 1: 0");
      assertThatThrownBy(() -> batch.onProgress(Duration.ZERO, progress -> {}))
          .hasMessage("interval is less than a millisecond: PT0S");
      assertThat(batch.name("b").window(3).toString())
          .isEqualTo("Batch[b, window 3, Deadline[none]]");
    }
  }

  @Test
  void anInputThatIsNullIsRefused() throws Exception {
    List<@Nullable Integer> inputs = Arrays.asList(1, null);
    try (ExecutorService executor = ExecutorKind.FIXED.of(1)) {
      @SuppressWarnings({"unchecked", "NullAway"}) // that is what is tested
      Iterator<Integer> iterator = (Iterator<Integer>) (Iterator<?>) inputs.iterator();
      assertThatExceptionOfType(NullPointerException.class)
          .isThrownBy(() -> Batch.on(executor).asCompleted(iterator, i -> i));
    }
  }
}
