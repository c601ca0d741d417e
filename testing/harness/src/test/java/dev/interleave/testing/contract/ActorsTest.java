// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.channels.Selector;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the actors promise to a test, above all that nothing which goes wrong is lost. */
class ActorsTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(50);

  @ParameterizedTest
  @EnumSource
  void actorsAreThreadsOfTheirKindThatKeepTheirIdentity(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, LONG)) {
      Actor actor = actors.actor("somebody");
      Thread thread = actor.call(Thread::currentThread);
      assertThat(thread).isSameAs(actor.thread()).isSameAs(actor.call(Thread::currentThread));
      assertThat(thread.isVirtual()).isEqualTo(kind == ThreadKind.VIRTUAL);
      assertThat(thread.isDaemon()).isTrue();
      assertThat(thread.getName()).isEqualTo("somebody").isEqualTo(actor.name());
    }
  }

  @Test
  void closedActorsAreGone() throws Exception {
    Actor actor;
    try (Actors actors = new Actors(ThreadKind.PLATFORM, LONG)) {
      actor = actors.actor("somebody");
    }
    assertThat(actor.thread().isAlive()).isFalse();
    assertThatThrownBy(() -> actor.start(() -> {})).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void failureIsHandedToWhoAsks() throws Exception {
    try (Actors actors = new Actors(ThreadKind.PLATFORM, LONG)) {
      Actor actor = actors.actor("somebody");
      Exception failure = new Exception("wrong");
      assertThatThrownBy(() -> actor.run(() -> raise(failure)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("somebody")
          .hasCause(failure);
      assertThat(actor.start(() -> raise(failure)).failure(Exception.class)).isSameAs(failure);
      assertThatThrownBy(() -> actor.start(() -> raise(failure)).failure(RuntimeException.class))
          .isInstanceOf(AssertionError.class)
          .hasCause(failure);
      assertThatThrownBy(() -> actor.start(() -> {}).failure(Exception.class))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("should have thrown Exception, but returned null");
    }
  }

  @Test
  void failureThatNobodyAskedForIsThrownByClose() throws Exception {
    Actors actors = new Actors(ThreadKind.PLATFORM, LONG);
    Actor actor = actors.actor("somebody");
    Exception one = new Exception("one");
    Exception two = new Exception("two");
    actor.start(() -> raise(one));
    actor.start(() -> raise(two));
    actor.run(() -> {});
    assertThatThrownBy(actors::close)
        .isInstanceOf(AssertionError.class)
        .hasCause(one)
        .satisfies(thrown -> assertThat(thrown.getSuppressed()[0]).hasCause(two));
  }

  @ParameterizedTest
  @EnumSource
  void closeTellsWhoIsLeftBehindAndEndsThem(ThreadKind kind) throws Exception {
    Actors actors = new Actors(kind, LONG);
    Actor actor = actors.actor("somebody");
    actor.start(new CountDownLatch(1)::await).awaitBlocked();
    assertThatThrownBy(actors::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("left behind")
        .hasMessageContaining("somebody")
        .hasMessageContaining("CountDownLatch.await");
    assertThat(actor.thread().isAlive()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void waitThatTakesTooLongShowsAllStacks(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, SHORT)) {
      Step<?> stuck = actors.actor("somebody").start(new CountDownLatch(1)::await);
      assertThatThrownBy(stuck::result)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("somebody is not done within PT0.05S")
          .hasMessageContaining("CountDownLatch.await");
    }
  }

  @ParameterizedTest
  @EnumSource
  void blockedIsToldFromDoneAndFromBusy(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, LONG)) {
      Actor actor = actors.actor("somebody");
      CountDownLatch latch = new CountDownLatch(1);
      Step<?> waiting = actor.start(latch::await);
      waiting.awaitBlocked();
      waiting.assertNotDone();
      latch.countDown();
      waiting.result();
      assertThat(waiting.isDone()).isTrue();
      waiting.awaitBlockedOrDone();
      assertThatThrownBy(waiting::awaitBlocked)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("should still be blocked, but returned null");
    }
  }

  @Test
  void busyThreadIsNotBlocked() throws Exception {
    Thread busy =
        ThreadKind.PLATFORM.unstarted(
            "busy",
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
              }
            });
    busy.start();
    assertThatThrownBy(() -> Waiting.untilBlocked(busy, SHORT))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("busy");
    busy.interrupt();
    busy.join();
    assertThat(Waiting.isBlocked(busy)).isFalse();
  }

  @Test
  void threadThatWaitsInASelectorIsBlocked() throws Exception {
    try (Selector selector = Selector.open()) {
      FutureTask<Integer> selecting = new FutureTask<>(selector::select);
      Thread thread = ThreadKind.PLATFORM.unstarted("selecting", selecting);
      thread.start();
      Waiting.untilBlocked(thread, LONG);
      Selector unused = selector.wakeup();
      assertThat(selecting.get()).isZero();
      thread.join();
      assertThat(Waiting.isBlocked(thread)).isFalse();
    }
  }

  @Test
  void threadThatWaitsForAMonitorIsBlocked() throws Exception {
    try (Actors actors = new Actors(ThreadKind.PLATFORM, LONG)) {
      Object monitor = new Object();
      Step<?> entering;
      synchronized (monitor) {
        entering =
            actors
                .actor("somebody")
                .start(() -> {
                  synchronized (monitor) {
                    assertThat(Thread.holdsLock(monitor)).isTrue();
                  }
                });
        entering.awaitBlocked();
      }
      entering.result();
    }
  }

  @Test
  void interruptStatusIsReportedAndEndsWithTheStep() throws Exception {
    try (Actors actors = new Actors(ThreadKind.PLATFORM, LONG)) {
      Actor actor = actors.actor("somebody");
      Step<?> step = actor.start(() -> Thread.currentThread().interrupt());
      assertThat(step.endedInterrupted()).isTrue();
      assertThat(actor.ask(Thread::interrupted)).isFalse();
      actor.interrupt();
      assertThat(actor.ask(Thread::interrupted)).as("meant for no step").isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyRacerRuns(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, LONG)) {
      Set<Integer> ran = ConcurrentHashMap.newKeySet();
      actors.race(actors.actors(5, "racer"), SHORT, (racer, round) -> ran.add(racer));
      assertThat(ran).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void failureOfOneRacerEndsTheRace(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, LONG)) {
      AtomicInteger rounds = new AtomicInteger();
      List<Actor> racers = actors.actors(3, "racer");
      Exception failure = new Exception("wrong");
      assertThatThrownBy(() ->
              actors.race(
                  racers,
                  Duration.ofDays(1),
                  (racer, round) -> {
                    rounds.incrementAndGet();
                    if (racer == 1) {
                      throw failure;
                    }
                  }))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("racer-1")
          .hasCause(failure);
      assertThat(rounds).hasPositiveValue();
    }
  }

  /** As many racers as there are carriers, in rounds that never block, once kept the others out. */
  @Test
  void virtualRacersMakeWayForEachOther() throws Exception {
    int many = 4 * Runtime.getRuntime().availableProcessors();
    try (Actors actors = new Actors(ThreadKind.VIRTUAL, LONG)) {
      Set<Integer> ran = ConcurrentHashMap.newKeySet();
      Exception allRan = new Exception("all ran");
      assertThatThrownBy(() ->
              actors.race(
                  actors.actors(many, "racer"),
                  Duration.ofDays(1),
                  (racer, round) -> {
                    ran.add(racer);
                    if (ran.size() == many) {
                      throw allRan;
                    }
                  }))
          .hasCause(allRan);
    }
  }

  @Test
  void contractTestsFailForWhatTheirActorsLeaveBehind() {
    KitRun run = KitRun.all(Careless.class, Map.of());
    assertThat(run.tests()).containsExactlyInAnyOrder("forgetsAFailure", "isFine");
    assertThat(run.failed()).containsExactly("forgetsAFailure");
    assertThat(run.failures()).hasSize(ThreadKind.values().length);
  }

  static class Careless {
    @ContractTest
    void forgetsAFailure(Actors actors) throws Exception {
      Actor actor = actors.actor("somebody");
      actor.start(() -> raise(new Exception("forgotten")));
      actor.run(() -> {});
    }

    @ContractTest
    void isFine(Actors actors, ThreadKind kind) throws Exception {
      assertThat(actors.kind()).isEqualTo(kind);
      actors.actor("somebody").run(() -> {});
    }
  }

  private static void raise(Exception failure) throws Exception {
    throw failure;
  }
}
