// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import static dev.interleave.state.Blocker.confined;
import static dev.interleave.state.Blocker.confinedList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.Deadline;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The defects of the shared lists, counters and globals that this package is to be better than,
 * each as a test that it is not ours. The numbers are those of the pattern catalogue.
 */
@NoThreadLeaks(ignoring = Blocker.TIMER_OF_VIRTUAL_THREADS)
@SuppressWarnings("FutureReturnValueIgnored") // the next call tells
class CatalogDefectsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A list owned by a thread with a queue of commands. */
  @Nested
  class C14 {
    private static Confined<List<String>> list(ThreadKind kind) {
      return confinedList(kind).capacity(4).build();
    }

    /** There, a size that callers kept was decremented although nothing was removed. */
    @ParameterizedTest
    @EnumSource
    void sizeIsThatOfTheDataAlsoAfterRemovingWhatIsNotThere(ThreadKind kind) throws Exception {
      try (Confined<List<String>> list = list(kind)) {
        list.submit(l -> l.add("a"));
        assertThat(list.<Boolean>call(l -> l.remove("b"))).isFalse();
        assertThat(list.<Integer>call(List::size)).isOne();
      }
    }

    /** There, it killed the thread that owns the list, and every later call hung. */
    @ParameterizedTest
    @EnumSource
    void popOutOfRangeIsItsCallersErrorAndTheOwnerGoesOn(ThreadKind kind) throws Exception {
      try (Confined<List<String>> list = list(kind)) {
        list.submit(l -> l.add("only"));
        assertThatExceptionOfType(CompletionException.class)
            .isThrownBy(() -> list.call(l -> l.remove(5)))
            .withCauseInstanceOf(IndexOutOfBoundsException.class);
        assertThat(list.<String>call(l -> l.remove(0))).isEqualTo("only");
      }
    }

    /** There, whoever read before the start hung for ever. */
    @ParameterizedTest
    @EnumSource
    void thereIsNothingToStart(ThreadKind kind) throws Exception {
      try (Confined<List<String>> list = list(kind)) {
        assertThat(list.<Integer>call(List::size, Deadline.after(PATIENCE))).isZero();
      }
    }

    /** There was no stop. That the thread ends is checked of all these tests. */
    @ParameterizedTest
    @EnumSource
    void closeEndsTheThread(ThreadKind kind) throws Exception {
      Confined<List<String>> list = list(kind);
      Thread owner = list.call(l -> Thread.currentThread());
      list.close();
      assertThat(owner.join(PATIENCE)).isTrue();
    }

    /** There, the idle owner woke up ten times a second. */
    @ParameterizedTest
    @EnumSource
    void theIdleOwnerWaitsWithoutATimeLimit(ThreadKind kind) throws Exception {
      try (Confined<List<String>> list = list(kind)) {
        Thread owner = list.call(l -> Thread.currentThread());
        Waiting.untilBlocked(owner, PATIENCE);
        assertThat(owner.getState()).isEqualTo(Thread.State.WAITING);
      }
    }

    @ParameterizedTest
    @EnumSource
    void theMailboxIsBounded(ThreadKind kind) throws Exception {
      try (Confined<List<String>> list = list(kind)) {
        Blocker blocker = Blocker.of(list);
        for (int i = 0; i < 4; i++) {
          list.submit(l -> l.add("x"));
        }
        assertThat(list.trySubmit(l -> l.add("one too many"))).isEmpty();
        blocker.letGo();
        assertThat(list.<Integer>call(List::size)).isEqualTo(4);
      }
    }

    /** There, it meant a value that was None, an empty list, and an index that does not exist. */
    @ParameterizedTest
    @EnumSource
    void nullIsAValueAndAMissIsAnException(ThreadKind kind) throws Exception {
      try (Confined<List<String>> list = list(kind)) {
        list.call(l -> l.add(null));
        assertThat(list.<String>call(l -> l.get(0))).isNull();
        assertThatExceptionOfType(CompletionException.class)
            .isThrownBy(() -> list.call(l -> l.get(1)))
            .withCauseInstanceOf(IndexOutOfBoundsException.class);
      }
    }

    /** There, each read was a message, and others came between them. */
    @ParameterizedTest
    @EnumSource
    void oneFunctionReadsAndWritesAsMuchAsItLikes(ThreadKind kind) throws Exception {
      try (Confined<List<String>> list = list(kind);
          Actors actors = new Actors(kind, PATIENCE)) {
        actors.race(
            actors.actors(3, "pusher and popper"),
            Duration.ofMillis(100),
            (racer, round) -> {
              int difference =
                  list.call(l -> {
                    int before = l.size();
                    l.add("x");
                    int grown = l.size() - before;
                    l.remove(l.size() - 1);
                    return grown;
                  });
              assertThat(difference).isOne();
            });
        assertThat(list.<Integer>call(List::size)).isZero();
      }
    }
  }

  /** A counter owned by a thread with a queue of increments. */
  @Nested
  class C36 {
    /** There, 39,533 of 100,000 increments were applied; the stop threw the others away. */
    @ParameterizedTest
    @EnumSource
    void closeCountsTheBacklog(ThreadKind kind) throws Exception {
      int[] counter = new int[1];
      Confined<int[]> confined = confined(kind, () -> counter).capacity(100_000).build();
      Blocker blocker = Blocker.of(confined);
      for (int i = 0; i < 100_000; i++) {
        confined.submit(c -> c[0]++);
      }
      blocker.letGo();
      confined.close();
      assertThat(counter[0]).isEqualTo(100_000);
      assertThat(confined.stats().queued()).isZero();
    }

    /** There, it hung. */
    @ParameterizedTest
    @EnumSource
    void callAfterCloseIsRejected(ThreadKind kind) {
      Confined<int[]> confined = confined(kind, () -> new int[1]).build();
      confined.close();
      assertThatExceptionOfType(ConfinedClosedException.class)
          .isThrownBy(() -> confined.call(c -> c[0]));
    }

    @ParameterizedTest
    @EnumSource
    void incrementsWaitForAPlace(ThreadKind kind) throws Exception {
      try (Actors actors = new Actors(kind, PATIENCE);
          Confined<int[]> confined = confined(kind, () -> new int[1]).capacity(1).build()) {
        Blocker blocker = Blocker.of(confined);
        confined.submit(c -> c[0]++);
        Step<?> second = actors.actor("second").start(() -> confined.submit(c -> c[0]++));
        second.awaitBlocked();
        blocker.letGo();
        second.result();
        assertThat(confined.<Integer>call(c -> c[0])).isEqualTo(2);
      }
    }
  }

  /** Global variables behind a lock. */
  @Nested
  class C32 {
    private final VersionedState<Map<String, Integer>> state = VersionedState.of(Map.of());

    private Versioned<Map<String, Integer>> put(String key, int value) {
      return state.update(map -> {
        Map<String, Integer> next = new HashMap<>(map);
        next.put(key, value);
        return Map.copyOf(next);
      });
    }

    /** There, to read and then set was two steps. */
    @Test
    void thereIsACompareAndSetAndACompute() {
      Versioned<Map<String, Integer>> seen = put("a", 1);
      put("a", 2);
      assertThat(state.compareAndSet(seen.version(), Map.of())).isFalse();
      assertThat(state.update(map -> Map.of("a", map.getOrDefault("a", 0) + 1)).value())
          .isEqualTo(Map.of("a", 3));
    }

    @Test
    void thereAreChangeListeners() {
      List<Versioned<Map<String, Integer>>> told = new ArrayList<>();
      state.listen(told::add);
      Versioned<Map<String, Integer>> changed = put("a", 1);
      assertThat(told).containsExactly(changed);
    }

    /** There, what the copy referred to changed under the reader. */
    @Test
    void aSnapshotStaysAsItIs() {
      put("a", 1);
      Versioned<Map<String, Integer>> seen = state.snapshot();
      put("a", 2);
      put("b", 2);
      assertThat(seen).isEqualTo(new Versioned<>(1, Map.of("a", 1)));
    }

    /** There, one object of the module was the state of everybody. */
    @Test
    void statesAreIndependent() {
      put("a", 1);
      assertThat(VersionedState.of(Map.of()).snapshot().value()).isEmpty();
    }

    /** There, all went through one lock. */
    @ParameterizedTest
    @EnumSource
    void readersDoNotWaitForAChange(ThreadKind kind) throws Exception {
      CountDownLatch in = new CountDownLatch(1);
      CountDownLatch out = new CountDownLatch(1);
      try (Actors actors = new Actors(kind, PATIENCE)) {
        Step<?> change =
            actors
                .actor("slow")
                .start(() ->
                    state.update(map -> {
                      in.countDown();
                      await(out);
                      return Map.of("a", 1);
                    }));
        in.await();
        assertThat(actors.actor("reader").call(state::snapshot).value()).isEmpty();
        change.assertNotDone();
        out.countDown();
        change.result();
      }
    }
  }

  /** A global counter and a dictionary behind a lock. */
  @Nested
  class B22 {
    private record Global(int counter, Map<String, Integer> data) {}

    private final VersionedState<Global> state = VersionedState.of(new Global(0, Map.of()));

    private static Global next(Global global) {
      Map<String, Integer> data = new HashMap<>(global.data());
      data.put("op_" + global.counter(), global.counter());
      return new Global(global.counter() + 1, Map.copyOf(data));
    }

    /** There, the final print read the counter without the lock, and said 14, 14, 15. */
    @ParameterizedTest
    @EnumSource
    void counterAndDataAreReadTogether(ThreadKind kind) throws Exception {
      try (Actors actors = new Actors(kind, PATIENCE)) {
        actors.race(
            actors.actors(3, "worker"),
            Duration.ofMillis(100),
            (racer, round) -> {
              if (round < 5) {
                state.update(B22::next);
              }
              Global seen = state.snapshot().value();
              assertThat(seen.data()).hasSize(seen.counter());
            });
      }
      assertThat(state.snapshot().version()).isBetween(3L, 15L);
      assertThat(state.snapshot().value().counter()).isEqualTo(state.snapshot().version());
    }

    /** There, a worker slept with the lock, and nobody could as much as look. */
    @ParameterizedTest
    @EnumSource
    void aSlowChangeHoldsUpNoReaderAndNoDeadline(ThreadKind kind) throws Exception {
      CountDownLatch in = new CountDownLatch(1);
      CountDownLatch out = new CountDownLatch(1);
      try (Actors actors = new Actors(kind, PATIENCE)) {
        Step<?> slow =
            actors
                .actor("slow")
                .start(() ->
                    state.update(global -> {
                      in.countDown();
                      await(out);
                      return next(global);
                    }));
        in.await();
        assertThat(state.snapshot().value().counter()).isZero();
        assertThatExceptionOfType(StateTimeoutException.class)
            .isThrownBy(() -> state.update(B22::next, Deadline.after(Duration.ofMillis(1))));
        slow.assertNotDone();
        out.countDown();
        slow.result();
      }
      assertThat(state.snapshot().value().counter()).isOne();
    }

    /** There, the variables of the module outlived each run, and had to be reset by hand. */
    @Test
    void nothingIsKeptOutsideTheObject() {
      state.update(B22::next);
      assertThat(new B22().state.snapshot().version()).isZero();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
