// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.diagnose.WaitsTest.Thing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rule of who is dead, on waits for things that say what the test wants. */
class WaitGraphTest {
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private final List<Thing> things = new ArrayList<>();

  /** Threads that each wait for a thing of their own. */
  private void waiting(int count, Wait.Exit exit) throws InterruptedException {
    CountDownLatch in = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      Thing thing = new Thing("thing-" + i);
      things.add(thing);
      threads.add(
          Thread.ofVirtual()
              .name("waiter-" + i)
              .start(() -> {
                Wait wait = Waits.enter(thing, "get", exit);
                in.countDown();
                try {
                  over.await();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                } finally {
                  wait.leave();
                }
              }));
    }
    in.await();
  }

  @AfterEach
  void end() throws InterruptedException {
    over.countDown();
    for (Thread thread : threads) {
      assertThat(thread.join(Knot.PATIENCE)).isTrue();
    }
  }

  private static List<Owner> owners(Stream<Thread> threads) {
    return threads.map(thread -> Owner.of(thread, "LOCK")).toList();
  }

  private void all(int i, int... owners) {
    things.get(i).answer().set(Owners.all(owners(Arrays.stream(owners).mapToObj(threads::get))));
  }

  private void any(int i, int... owners) {
    things.get(i).answer().set(Owners.any(owners(Arrays.stream(owners).mapToObj(threads::get))));
  }

  /** The indices of the threads of each deadlock. */
  private List<List<Integer>> deadlocks() {
    return Diagnosis.deadlocks().stream()
        .map(deadlock -> deadlock.threads().stream().map(b -> threads.indexOf(b.thread())).toList())
        .filter(indices -> !indices.contains(-1))
        .toList();
  }

  @Test
  void oneDeadOwnerOfAllIsEnough() throws Exception {
    waiting(3, Wait.Exit.NONE);
    all(0, 1, 2);
    all(1, 0);
    assertThat(deadlocks()).containsExactly(List.of(0, 1)); // 2 could be freed by anyone
  }

  @Test
  void oneLiveOwnerOfAnyIsEnough() throws Exception {
    waiting(3, Wait.Exit.NONE);
    any(0, 1, 2);
    all(1, 0);
    assertThat(deadlocks()).isEmpty();
    all(2, 0);
    assertThat(deadlocks()).hasSize(1);
    assertThat(deadlocks().getFirst()).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void workersThatAllWaitForTheirPool() throws Exception {
    waiting(4, Wait.Exit.NONE);
    for (int i = 0; i < 3; i++) {
      any(i, 0, 1, 2);
    }
    all(3, 0);
    assertThat(deadlocks()).hasSize(1);
    assertThat(deadlocks().getFirst()).containsExactlyInAnyOrder(0, 1, 2);
    assertThat(Diagnosis.deadlocks().getFirst().behind()).hasSize(1);
    things.get(1).answer().set(Owners.anyone());
    assertThat(deadlocks()).isEmpty();
  }

  @Test
  void timedWaitIsAlive() throws Exception {
    waiting(2, Wait.Exit.TIMEOUT);
    all(0, 1);
    all(1, 0);
    assertThat(deadlocks()).isEmpty();
  }

  @Test
  void twoRingsAreTwoDeadlocks() throws Exception {
    waiting(5, Wait.Exit.NONE);
    all(0, 1);
    all(1, 0);
    all(2, 3);
    all(3, 4);
    all(4, 2);
    assertThat(deadlocks()).containsExactlyInAnyOrder(List.of(0, 1), List.of(2, 3, 4));
  }

  @Test
  void waitForItselfAndForOneThatHasEnded() throws Exception {
    waiting(2, Wait.Exit.NONE);
    all(0, 0);
    Thread ended = Thread.ofVirtual().name("ended").start(() -> {});
    assertThat(ended.join(Knot.PATIENCE)).isTrue();
    things.get(1).answer().set(Owners.one(Owner.of(ended, "LOCK")));
    assertThat(deadlocks()).containsExactlyInAnyOrder(List.of(0), List.of(1));
  }

  @Test
  void oneThatRunsIsAlive() throws Exception {
    waiting(2, Wait.Exit.NONE);
    all(0, 1);
    things.get(1).answer().set(Owners.one(Owner.of(Thread.currentThread(), "LOCK")));
    assertThat(deadlocks()).isEmpty();
  }

  /** Neither recursion nor time gets out of hand. */
  @Test
  void aRingOfManyThreads() throws Exception {
    int count = Boolean.getBoolean("interleave.thorough") ? 10_000 : 2_000;
    waiting(count, Wait.Exit.NONE);
    IntStream.range(0, count).forEach(i -> all(i, (i + 1) % count));
    assertThat(deadlocks()).hasSize(1);
    assertThat(deadlocks().getFirst()).hasSize(count);
    things.get(count / 2).answer().set(Owners.nobody());
    assertThat(deadlocks()).isEmpty();
  }
}
