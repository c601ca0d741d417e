// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is told what, in which order, and who is not harmed. */
class VersionedStateListenerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<Throwable> errors = new ArrayList<>();
  private final VersionedState<Integer> state =
      VersionedState.builder(0).name("prices").onListenerError(errors::add).build();

  private final List<Long> told = new ArrayList<>();

  private void addOne() {
    state.update(n -> n + 1);
  }

  @Test
  void aListenerIsToldOfEachVersionOnTheThreadThatMakesIt() {
    addOne();
    AtomicReference<Thread> thread = new AtomicReference<>();
    state.listen(latest -> {
      thread.set(Thread.currentThread());
      told.add(latest.version());
      assertThat(latest.value().longValue()).isEqualTo(latest.version());
    });
    assertThat(told).as("nothing of what was before").isEmpty();
    addOne();
    assertThat(state.compareAndSet(2, 3)).isTrue();
    assertThat(state.compareAndSet(2, 9)).isFalse();
    assertThat(told).containsExactly(2L, 3L);
    assertThat(thread.get()).isSameAs(Thread.currentThread());
    assertThat(state.stats().calls()).isEqualTo(2);
    assertThat(errors).isEmpty();
  }

  @Test
  void whoListensFromASnapshotOnMissesNothing() {
    Versioned<Integer> seen = state.snapshot();
    addOne();
    addOne();
    state.listen(seen.version(), Runnable::run, latest -> told.add(latest.version()));
    assertThat(told).as("the latest, at once").containsExactly(2L);
    addOne();
    assertThat(told).containsExactly(2L, 3L);
    state.listen(5, Runnable::run, latest -> told.add(-latest.version()));
    addOne();
    addOne();
    addOne();
    assertThat(told).containsExactly(2L, 3L, 4L, 5L, 6L, -6L);
  }

  @Test
  void aClosedListenerIsToldNoMore() {
    Guard guard = state.listen(latest -> told.add(latest.version()));
    addOne();
    guard.close();
    guard.close();
    addOne();
    assertThat(told).containsExactly(1L);
    assertThat(state.stats().listeners()).isZero();
  }

  @Test
  void aListenerMayCloseItself() {
    AtomicReference<Guard> guard = new AtomicReference<>();
    guard.set(
        state.listen(latest -> {
          told.add(latest.version());
          guard.get().close();
        }));
    addOne();
    addOne();
    assertThat(told).containsExactly(1L);
  }

  /** It is told afterwards, not within: else calls would nest as deep as there are changes. */
  @Test
  void aListenerMayChangeTheState() {
    AtomicBoolean in = new AtomicBoolean();
    state.listen(latest -> {
      assertThat(in.getAndSet(true)).as("nested").isFalse();
      told.add(latest.version());
      if (latest.value() < 1000) {
        addOne();
      }
      in.set(false);
    });
    addOne();
    assertThat(told).isEqualTo(LongStream.rangeClosed(1, 1000).boxed().toList());
    assertThat(errors).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void listenersAreCalledWithoutTheLock(ThreadKind kind) throws Exception {
    try (Actors actors = new Actors(kind, PATIENCE)) {
      CountDownLatch in = new CountDownLatch(1);
      CountDownLatch out = new CountDownLatch(1);
      state.listen(latest -> {
        told.add(latest.version());
        in.countDown();
        try {
          out.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      });
      Step<?> change = actors.actor("kept by its listener").start(this::addOne);
      in.await();
      assertThat(state.update(n -> n + 1, Deadline.after(Duration.ZERO)).version()).isEqualTo(2);
      assertThat(state.compareAndSet(2, 3, Deadline.after(Duration.ZERO))).isTrue();
      assertThat(state.awaitAfter(2).value()).isEqualTo(3);
      change.assertNotDone();
      out.countDown();
      change.result();
      assertThat(told).as("2 was skipped, the last was not").containsExactly(1L, 3L);
    }
    assertThat(errors).isEmpty();
  }

  @Test
  void whatAListenerThrowsHarmsNobody() {
    AssertionError mine = new AssertionError("mine");
    state.listen(latest -> {
      throw mine;
    });
    state.listen(latest -> told.add(latest.version()));
    addOne();
    addOne();
    assertThat(state.snapshot().value()).isEqualTo(2);
    assertThat(told).containsExactly(1L, 2L);
    assertThat(errors).containsExactly(mine, mine);
    assertThat(state.stats().listenerErrors()).isEqualTo(2);
    assertThat(state.stats().listeners()).as("stays registered").isEqualTo(2);
  }

  @Test
  void withoutAHandlerErrorsGoToThatOfTheThread() throws Exception {
    IllegalStateException mine = new IllegalStateException("mine");
    List<Throwable> uncaught = new ArrayList<>();
    VersionedState<Integer> plain = VersionedState.of(0);
    plain.listen(latest -> {
      throw mine;
    });
    VersionedState<Integer> broken =
        VersionedState.builder(0)
            .onListenerError(error -> {
              throw new IllegalArgumentException("the handler's own");
            })
            .build();
    broken.listen(latest -> {
      throw mine;
    });
    AtomicLong version = new AtomicLong();
    Thread thread =
        new Thread(() -> {
          version.addAndGet(plain.update(n -> 1).version());
          version.addAndGet(broken.update(n -> 1).version());
        });
    thread.setUncaughtExceptionHandler((t, error) -> {
      uncaught.add(error);
      throw new IllegalStateException("nobody is left to tell");
    });
    thread.start();
    thread.join();
    assertThat(version).as("both changes were made").hasValue(2);
    assertThat(uncaught).hasSize(2);
    assertThat(uncaught.get(0)).isSameAs(mine);
    assertThat(uncaught.get(1)).hasMessage("the handler's own").hasSuppressedException(mine);
  }

  // ------------------------------------------------------------------ executors

  @Test
  void anExecutorGetsOneTaskHoweverManyChanges() {
    Deque<Runnable> tasks = new ArrayDeque<>();
    state.listen(0, tasks::add, latest -> told.add(latest.version()));
    addOne();
    addOne();
    addOne();
    assertThat(tasks).hasSize(1);
    tasks.remove().run();
    assertThat(told).as("the last one").containsExactly(3L);
    addOne();
    tasks.remove().run();
    assertThat(told).containsExactly(3L, 4L);
  }

  @Test
  void anExecutorMayRefuseAndIsAskedAgain() {
    AtomicBoolean refuses = new AtomicBoolean(true);
    RejectedExecutionException refusal = new RejectedExecutionException("full");
    state.listen(
        0,
        task -> {
          if (refuses.get()) {
            throw refusal;
          }
          task.run();
        },
        latest -> told.add(latest.version()));
    addOne();
    assertThat(told).isEmpty();
    assertThat(errors).containsExactly(refusal);
    refuses.set(false);
    addOne();
    assertThat(told).containsExactly(2L);
  }

  /** The change that came while the executor was about to refuse would be told by nobody. */
  @Test
  void aChangeDuringARefusalIsTriedOnItsOwn() {
    AtomicBoolean first = new AtomicBoolean(true);
    state.listen(
        0,
        task -> {
          if (first.getAndSet(false)) {
            addOne(); // as another thread might
            throw new RejectedExecutionException("full");
          }
          task.run();
        },
        latest -> told.add(latest.version()));
    addOne();
    assertThat(errors).hasSize(1);
    assertThat(told).containsExactly(2L);
  }

  // ------------------------------------------------------------------ races

  /** Ascending, never two calls at once, and the last version in the end; with both executors. */
  @ParameterizedTest
  @EnumSource
  void versionsAscendAndTheLastOneComes(ThreadKind kind) throws Exception {
    AtomicLong direct = new AtomicLong(-1);
    AtomicLong own = new AtomicLong(-1);
    AtomicBoolean calling = new AtomicBoolean();
    state.listen(latest -> {
      if (calling.getAndSet(true) || direct.getAndSet(latest.version()) >= latest.version()) {
        throw new AssertionError("two calls at once, or back in time");
      }
      calling.set(false);
    });
    state.listen(
        0,
        task -> kind.unstarted("teller", task).start(),
        latest -> {
          if (own.getAndSet(latest.version()) >= latest.version()) {
            throw new AssertionError("back in time");
          }
        });
    try (Actors actors = new Actors(kind, PATIENCE)) {
      actors.race(actors.actors(3, "changer"), Duration.ofMillis(300), (racer, round) -> addOne());
    }
    long last = state.snapshot().version();
    // A changer that leaves its listener to another one has returned before: so it may take a
    // moment, but only where the other one is told by a thread of its own.
    assertThat(direct).hasValue(last);
    Waiting.until(() -> own.get() == last, PATIENCE, () -> own + " instead of " + last);
    assertThat(errors).isEmpty();
  }
}
