// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.buffer.BufferClosedException;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a pipeline does, on platform and on virtual threads. */
@NoThreadLeaks(ignoring = PoolKind.CLOCKS)
class PipelineTest {
  private static final Duration PATIENCE = Blocker.PATIENCE;

  private static <I> Pipeline.Builder<I, I> named(ThreadKind kind) {
    return Pipeline.<I>named("orders").threads(threads(kind));
  }

  private static ThreadFactory threads(ThreadKind kind) {
    return kind == ThreadKind.VIRTUAL
        ? Thread.ofVirtual().factory()
        : Thread.ofPlatform().factory();
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  /** Zero and what comes after it, so many. */
  private static void put(Pipeline<Integer, ?> pipeline, int items) throws InterruptedException {
    for (int i = 0; i < items; i++) {
      pipeline.put(i);
    }
  }

  private static <I, O> List<Outcome<I, O>> all(Pipeline<I, O> pipeline)
      throws InterruptedException {
    List<Outcome<I, O>> all = new ArrayList<>();
    pipeline.takeAll(all::add);
    return all;
  }

  private static <I, O> Outcome<I, O> next(Pipeline<I, O> pipeline) throws InterruptedException {
    return Objects.requireNonNull(pipeline.takeOrNull());
  }

  /** The first of many is slow. */
  private static Work<Integer, Integer> firstWaitsFor(CountDownLatch go) {
    return i -> {
      if (i == 0) {
        await(go);
      }
      return i;
    };
  }

  private static void assertClean(StopReport report) {
    assertThat(report.isClean()).as(report.toString()).isTrue();
  }

  // ------------------------------------------------------------------ items

  @ParameterizedTest
  @EnumSource
  void itemsGoThroughAllStages(ThreadKind kind) throws Exception {
    Pipeline<String, Integer> pipeline =
        PipelineTest.<String>named(kind)
            .stage("parse", 2, Integer::parseInt)
            .stage("square", 3, i -> i * i)
            .open();
    for (int i = 0; i < 20; i++) {
      pipeline.put(String.valueOf(i));
    }
    pipeline.close();
    assertThat(all(pipeline))
        .extracting(Outcome::get)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 20).mapToObj(i -> i * i).toList());
    assertThat(pipeline.takeOrNull()).isNull();
    assertClean(pipeline.close(PATIENCE));
    assertThat(pipeline.hasEnded()).isTrue();
    assertThat(pipeline.stopped()).isEmpty();
  }

  /** The first waits for all that may overtake it. */
  @ParameterizedTest
  @EnumSource
  void orderedStageKeepsTheOrderWhateverIsFirst(ThreadKind kind) throws Exception {
    CountDownLatch others = new CountDownLatch(5);
    Work<Integer, Integer> first = firstWaitsFor(others);
    Pipeline<Integer, Integer> pipeline =
        PipelineTest.<Integer>named(kind)
            .stage(
                "work",
                3,
                i -> {
                  Integer done = first.apply(i);
                  others.countDown();
                  return done;
                })
            .ordered()
            .capacity(3)
            .open();
    put(pipeline, 6);
    await(others);
    pipeline.close();
    assertThat(all(pipeline)).extracting(Outcome::input).containsExactly(0, 1, 2, 3, 4, 5);
    assertClean(pipeline.close(PATIENCE));
  }

  /** Without it, those behind a slow one come out first. */
  @ParameterizedTest
  @EnumSource
  void unorderedStageLetsOthersOvertake(ThreadKind kind) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Pipeline<Integer, Integer> pipeline =
        PipelineTest.<Integer>named(kind).stage("work", 2, firstWaitsFor(go)).open();
    put(pipeline, 4);
    assertThat(List.of(next(pipeline).input(), next(pipeline).input(), next(pipeline).input()))
        .containsExactly(1, 2, 3);
    go.countDown();
    assertThat(next(pipeline).input()).isZero();
    assertClean(pipeline.close(PATIENCE));
  }

  @ParameterizedTest
  @EnumSource
  void failureTravelsToTheEndInItsPlace(ThreadKind kind) throws Exception {
    AtomicInteger stored = new AtomicInteger();
    IOException failure = new IOException("full");
    Pipeline<Integer, Integer> pipeline =
        PipelineTest.<Integer>named(kind)
            .stage(
                "save",
                2,
                i -> {
                  if (i == 1) {
                    throw failure;
                  }
                  return i;
                })
            .ordered()
            .stage(
                "store",
                2,
                i -> {
                  stored.incrementAndGet();
                  return i;
                })
            .ordered()
            .open();
    put(pipeline, 3);
    pipeline.close();
    List<Outcome<Integer, Integer>> all = all(pipeline);
    assertThat(all).extracting(Outcome::input).containsExactly(0, 1, 2);
    assertThat(all).extracting(Outcome::isSuccess).containsExactly(true, false, true);
    assertThat(all.get(1))
        .isInstanceOfSatisfying(
            Outcome.Failure.class,
            failed ->
                assertThat(failed.cause())
                    .isInstanceOfSatisfying(
                        StageException.class, e -> assertThat(e.stage()).isEqualTo("save"))
                    .hasMessage("orders/save failed with item 1: java.io.IOException: full")
                    .hasCause(failure));
    assertThat(stored).hasValue(2);
    assertClean(pipeline.close(PATIENCE));
    PipelineStats stats = pipeline.stats();
    assertThat(stats.stages().get(0).failed()).isOne();
    assertThat(stats.stages().get(0).out()).isEqualTo(2);
    assertThat(stats.stages().get(1).passed()).isOne();
    assertThat(stats.accepted()).isEqualTo(3);
    assertThat(stats.delivered()).isEqualTo(3);
    assertThat(stats.ended()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void nullIsAFailure(ThreadKind kind) throws Exception {
    Pipeline<Integer, Integer> pipeline =
        PipelineTest.<Integer>named(kind).stage("nothing", 1, PipelineTest::nothing).open();
    pipeline.put(1);
    assertThat(next(pipeline))
        .isInstanceOfSatisfying(
            Outcome.Failure.class,
            failed ->
                assertThat(failed.cause()).hasMessageContaining("orders/nothing returned null"));
    assertClean(pipeline.close(PATIENCE));
  }

  @SuppressWarnings("NullAway") // that is what is tested
  private static Integer nothing(Integer i) {
    return null;
  }

  @ParameterizedTest
  @EnumSource
  void failFastStopsWithTheFailureAsTheReason(ThreadKind kind) throws Exception {
    Blocker other = new Blocker(false);
    IOException failure = new IOException("no");
    Pipeline<Integer, Object> pipeline =
        PipelineTest.<Integer>named(kind)
            .stage(
                "work",
                2,
                i -> {
                  if (i == 0) {
                    return (Object) other.call();
                  }
                  other.awaitBegun();
                  throw failure;
                })
            .failFast()
            .open();
    pipeline.put(0);
    pipeline.put(1);
    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(pipeline::takeOrNull)
        .withCauseInstanceOf(StageException.class)
        .satisfies(e -> assertThat(e.getCause()).hasCause(failure));
    other.awaitInterrupted();
    assertThatExceptionOfType(BufferClosedException.class)
        .isThrownBy(() -> pipeline.put(2))
        .withCauseInstanceOf(StageException.class);
    assertThat(pipeline.awaitEnd(Deadline.after(PATIENCE))).isTrue();
  }

  // ------------------------------------------------------------------ bounds

  /** Output 1, in work 1, before the stage 2, and the one that is being handed on. */
  @ParameterizedTest
  @EnumSource
  void whatIsInsideIsBoundedAndPutWaits(ThreadKind kind) throws Exception {
    Pipeline<Integer, Integer> pipeline =
        PipelineTest.<Integer>named(kind)
            .outputCapacity(1)
            .stage("work", 1, i -> i)
            .capacity(2)
            .open();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Step<?> puts = actors.actor("producer").start(() -> put(pipeline, 10));
      Waiting.until(
          () -> pipeline.stats().accepted() == 4, PATIENCE, () -> pipeline.stats().toString());
      puts.awaitBlocked();
      assertThat(pipeline.offer(99, Deadline.after(Duration.ZERO))).isFalse();
      for (int i = 0; i < 10; i++) {
        assertThat(next(pipeline).input()).isEqualTo(i);
        assertThat(pipeline.stats().accepted()).isLessThanOrEqualTo(i + 5);
      }
      puts.result();
    }
    assertClean(pipeline.close(PATIENCE));
  }

  /** A slow first one does not let the others pile up. */
  @ParameterizedTest
  @EnumSource
  void orderedStageHoldsNoMoreThanItsBound(ThreadKind kind) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Pipeline<Integer, Integer> pipeline =
        PipelineTest.<Integer>named(kind)
            .stage("work", 2, firstWaitsFor(go))
            .ordered()
            .capacity(3)
            .open();
    put(pipeline, 5);
    Waiting.until(
        () -> pipeline.stats().stages().get(0).out() == 4, PATIENCE, () -> "" + pipeline.stats());
    assertThat(pipeline.offer(5, Deadline.after(Duration.ofMillis(5)))).isFalse();
    assertThat(pipeline.poll(Deadline.after(Duration.ZERO))).isNull();
    assertThat(pipeline.stats().stages().get(0).turn()).isEqualTo(4);
    go.countDown();
    for (int i = 0; i < 5; i++) {
      assertThat(next(pipeline).input()).isEqualTo(i);
    }
    assertClean(pipeline.close(PATIENCE));
  }

  @ParameterizedTest
  @EnumSource
  void stageRunsOnAsManyThreadsAsItHas(ThreadKind kind) throws Exception {
    CyclicBarrier three = new CyclicBarrier(3);
    Set<String> names = ConcurrentHashMap.newKeySet();
    Pipeline<Integer, Integer> pipeline =
        PipelineTest.<Integer>named(kind)
            .stage(
                "meet",
                3,
                i -> {
                  names.add(Thread.currentThread().getName());
                  return three.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                })
            .open();
    put(pipeline, 3);
    pipeline.close();
    assertThat(all(pipeline)).allMatch(Outcome::isSuccess);
    assertThat(names).containsExactlyInAnyOrder("orders/meet-0", "orders/meet-1", "orders/meet-2");
    assertClean(pipeline.close(PATIENCE));
  }

  // ------------------------------------------------------------------ the end

  @ParameterizedTest
  @EnumSource
  void whoTakesStopsWhoPuts(ThreadKind kind) throws Exception {
    Pipeline<Integer, Integer> pipeline =
        PipelineTest.<Integer>named(kind)
            .outputCapacity(1)
            .stage("work", 1, i -> i)
            .ordered()
            .capacity(1)
            .open();
    IllegalStateException enough = new IllegalStateException("enough");
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Step<?> puts =
          actors
              .actor("producer")
              .start(() -> {
                for (int i = 0; ; i++) {
                  pipeline.put(i);
                }
              });
      assertThat(next(pipeline).input()).isZero();
      puts.awaitBlocked();
      pipeline.cancel(enough);
      pipeline.cancel(new IllegalStateException("again"));
      assertThat(puts.failure(BufferClosedException.class)).hasCause(enough);
    }
    assertThatThrownBy(pipeline::takeOrNull).hasCause(enough);
    assertThat(pipeline.stopped()).contains(enough);
    assertThat(pipeline.awaitEnd(Deadline.after(PATIENCE))).isTrue();
    assertThat(pipeline.toString()).endsWith("stopped by " + enough + "]");
  }

  @ParameterizedTest
  @EnumSource
  void whoPutsStopsWhoTakes(ThreadKind kind) throws Exception {
    Pipeline<Integer, Integer> pipeline =
        PipelineTest.<Integer>named(kind).stage("work", 1, i -> i).open();
    IllegalStateException lost = new IllegalStateException("connection lost");
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Step<?> takes = actors.actor("consumer").start(pipeline::takeOrNull);
      takes.awaitBlocked();
      pipeline.cancel(lost);
      assertThat(takes.failure(CancellationException.class)).hasCause(lost);
    }
    assertThat(pipeline.awaitEnd(Deadline.after(PATIENCE))).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void closeOfNothingEndsAtOnce(ThreadKind kind) throws Exception {
    Pipeline<Integer, Integer> pipeline =
        PipelineTest.<Integer>named(kind)
            .stage("a", 2, i -> i)
            .ordered()
            .stage("b", 2, i -> i)
            .open();
    pipeline.close();
    pipeline.close();
    assertThat(pipeline.takeOrNull()).isNull();
    assertThat(pipeline.poll(Deadline.none())).isNull();
    assertThatExceptionOfType(BufferClosedException.class).isThrownBy(() -> pipeline.put(1));
    StopReport report = pipeline.close(PATIENCE);
    assertClean(report);
    assertThat(report.drained()).isZero();
    pipeline.cancel(new IllegalStateException("too late"));
    assertThat(pipeline.stopped()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void boundedCloseInterruptsThenAbandonsAndCountsWhatIsLost(ThreadKind kind) throws Exception {
    Blocker stubborn = new Blocker(true);
    Blocker heeds = new Blocker(false);
    Pipeline<Integer, String> pipeline =
        PipelineTest.<Integer>named(kind)
            .stage("work", 2, i -> i == 0 ? stubborn.call() : i == 1 ? heeds.call() : "never")
            .open();
    put(pipeline, 4);
    stubborn.awaitBegun();
    heeds.awaitBegun();
    StopReport report = pipeline.close(Duration.ZERO);
    assertThat(report.name()).isEqualTo("orders");
    assertThat(report.drained()).isZero();
    assertThat(report.discarded()).isEqualTo(4);
    assertThat(report.interrupted())
        .extracting(StopReport.Running::task)
        .containsExactly("orders/work with item 1");
    assertThat(report.abandoned())
        .extracting(StopReport.Running::task)
        .containsExactly("orders/work with item 0");
    assertThat(report.abandoned().get(0).stack())
        .anyMatch(frame -> frame.getClassName().equals(Blocker.class.getName()));
    stubborn.letGo();
    assertThat(pipeline.awaitEnd(Deadline.after(PATIENCE))).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void boundedCloseWaitsForWhoTakes(ThreadKind kind) throws Exception {
    Pipeline<Integer, Integer> pipeline =
        PipelineTest.<Integer>named(kind).stage("work", 1, i -> i).open();
    pipeline.put(1);
    pipeline.put(2);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Step<StopReport> closing = actors.actor("closer").startCall(() -> pipeline.close(PATIENCE));
      closing.awaitBlocked();
      assertThat(next(pipeline).input()).isEqualTo(1);
      assertThat(next(pipeline).input()).isEqualTo(2);
      assertClean(closing.result());
      assertThat(closing.result().drained()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void interruptedCloseStopsAndStaysInterrupted(ThreadKind kind) throws Exception {
    Pipeline<Integer, Integer> pipeline =
        PipelineTest.<Integer>named(kind).stage("work", 1, i -> i).open();
    pipeline.put(1);
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Actor closer = actors.actor("closer");
      Step<StopReport> closing = closer.startCall(() -> pipeline.close(PATIENCE));
      closing.awaitBlocked();
      closer.interrupt();
      assertThat(closing.result().discarded()).isOne();
      assertThat(closing.endedInterrupted()).isTrue();
    }
    assertThat(pipeline.awaitEnd(Deadline.after(PATIENCE))).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void stageCannotWaitForTheEnd(ThreadKind kind) throws Exception {
    AtomicReference<@Nullable Pipeline<Integer, StopReport>> self = new AtomicReference<>();
    Pipeline<Integer, StopReport> pipeline =
        PipelineTest.<Integer>named(kind)
            .stage("work", 1, i -> Objects.requireNonNull(self.get()).close(PATIENCE))
            .open();
    self.set(pipeline);
    pipeline.put(1);
    assertThat(next(pipeline))
        .isInstanceOfSatisfying(
            Outcome.Failure.class,
            failed -> assertThat(failed.cause()).hasCauseInstanceOf(IllegalStateException.class));
    assertClean(pipeline.close(PATIENCE));
  }

  /** Work that leaves an interrupt behind, or is interrupted by others, ends no thread. */
  @ParameterizedTest
  @EnumSource
  void strayInterruptsLoseNothing(ThreadKind kind) throws Exception {
    Set<Thread> workers = ConcurrentHashMap.newKeySet();
    Pipeline<Integer, Integer> pipeline =
        PipelineTest.<Integer>named(kind)
            .outputCapacity(1)
            .stage(
                "work",
                2,
                i -> {
                  workers.add(Thread.currentThread());
                  Thread.currentThread().interrupt();
                  return i;
                })
            .ordered()
            .capacity(2)
            .open();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      Step<?> puts =
          actors
              .actor("producer")
              .start(() -> {
                put(pipeline, 100);
                pipeline.close();
              });
      for (int i = 0; i < 100; i++) {
        workers.forEach(Thread::interrupt);
        assertThat(next(pipeline).input()).isEqualTo(i);
      }
      assertThat(pipeline.takeOrNull()).isNull();
      puts.result();
    }
    assertClean(pipeline.close(PATIENCE));
  }

  // ------------------------------------------------------------------ sinks

  @ParameterizedTest
  @EnumSource
  void sinkGetsAllByOneThread(ThreadKind kind) throws Exception {
    List<Integer> got = new ArrayList<>(); // by one thread, and read after its end
    Pipeline<Integer, Integer> pipeline =
        PipelineTest.<Integer>named(kind)
            .stage("work", 3, i -> i)
            .ordered()
            .open(outcome -> got.add(outcome.input()));
    put(pipeline, 50);
    assertThatThrownBy(pipeline::takeOrNull)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the outcomes of orders go to its sink");
    StopReport report = pipeline.close(PATIENCE);
    assertClean(report);
    assertThat(got).isEqualTo(IntStream.range(0, 50).boxed().toList());
  }

  @ParameterizedTest
  @EnumSource
  void sinkThatThrowsStopsThePipelineAndIsHeard(ThreadKind kind) throws Exception {
    IllegalStateException failure = new IllegalStateException("disk full");
    AtomicReference<@Nullable Throwable> heard = new AtomicReference<>();
    ThreadFactory factory =
        body -> {
          Thread thread = threads(kind).newThread(body);
          thread.setUncaughtExceptionHandler((t, e) -> heard.set(e));
          return thread;
        };
    Pipeline<Integer, Integer> pipeline =
        Pipeline.<Integer>named("orders")
            .threads(factory)
            .stage("work", 1, i -> i)
            .open(outcome -> {
              throw failure;
            });
    pipeline.put(1);
    assertThat(pipeline.awaitEnd(Deadline.after(PATIENCE))).isTrue();
    assertThatThrownBy(() -> pipeline.put(2)).hasCause(failure);
    Waiting.until(() -> failure.equals(heard.get()), PATIENCE, () -> "heard " + heard.get());
  }

  // ------------------------------------------------------------------ waits

  @ParameterizedTest
  @EnumSource
  void whoWaitsForHisTurnIsSeenAndForWhom(ThreadKind kind) throws Exception {
    Blocker first = new Blocker(false);
    Pipeline<Integer, String> pipeline =
        PipelineTest.<Integer>named(kind)
            .stage("work", 2, i -> i == 0 ? first.call() : "done")
            .ordered()
            .open();
    pipeline.put(0);
    pipeline.put(1);
    first.awaitBegun();
    AtomicReference<@Nullable Wait> found = new AtomicReference<>();
    Waiting.until(
        () -> {
          Waits.all().stream()
              .filter(wait -> wait.thread().getName().equals("orders/work in order"))
              .filter(wait -> wait.wants().equals("item 0"))
              .forEach(found::set);
          return found.get() != null;
        },
        PATIENCE,
        () -> Waits.all().toString());
    Wait wait = Objects.requireNonNull(found.get());
    assertThat(wait.resource().name()).isEqualTo("orders/work");
    assertThat(wait.resource().owners(wait).list())
        .singleElement()
        .satisfies(owner -> assertThat(owner.thread()).isEqualTo(first.thread()));
    first.letGo();
    assertThat(next(pipeline).get()).isEqualTo("let go");
    assertThat(next(pipeline).get()).isEqualTo("done");
    assertClean(pipeline.close(PATIENCE));
  }

  // ------------------------------------------------------------------ arguments

  @Test
  void argumentsAreCheckedAtOnceAndNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            Pipeline.<Integer>named(" ")
                .ordered()
                .outputCapacity(0)
                .stage("a", 0, i -> i)
                .capacity(-1)
                .stage("a", 1, i -> i)
                .open())
        .withMessage(
            "ordered() comes before the first stage; name is blank: \" \"; parallelism of stage a"
                + " is less than 1: 0; capacity of stage a is less than 1: -1; two stages have the"
                + " name a; outputCapacity is less than 1: 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Pipeline.<Integer>named("empty").open())
        .withMessage("there are no stages");
  }

  @Test
  void builderMayOpenSeveral() throws Exception {
    Pipeline.Builder<Integer, Integer> plan =
        Pipeline.<Integer>named("twice").stage("work", 1, i -> i + 1);
    Pipeline<Integer, Integer> one = plan.open();
    Pipeline<Integer, Integer> other = plan.open();
    one.put(1);
    other.put(5);
    assertThat(next(one).get()).isEqualTo(2);
    assertThat(next(other).get()).isEqualTo(6);
    assertClean(one.close(PATIENCE));
    assertClean(other.close(PATIENCE));
  }

  /** Those that were started are not left behind. */
  @Test
  void threadThatCannotBeStartedFailsTheOpening() {
    AtomicInteger made = new AtomicInteger();
    OutOfMemoryError failure = new OutOfMemoryError("no more threads");
    ThreadFactory factory =
        body ->
            made.incrementAndGet() < 3
                ? new Thread(body)
                : new Thread(body) {
                  @Override
                  public void start() {
                    throw failure;
                  }
                };
    assertThatThrownBy(() ->
            Pipeline.<Integer>named("big")
                .threads(factory)
                .stage("work", 4, i -> i)
                .ordered()
                .open())
        .isSameAs(failure);
  }
}
