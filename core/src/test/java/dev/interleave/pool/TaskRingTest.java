// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.NoThreadLeaks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The queue of a pool by itself, and how husks leave it. */
@NoThreadLeaks(ignoring = PoolKind.CLOCKS)
class TaskRingTest {
  private static final int SLOTS = 4;

  /** More than it takes until husks are cleared out. */
  private static final int PATIENT = 1_000;

  private final AtomicInteger admitted = new AtomicInteger();
  private final TaskRing ring = new TaskRing(SLOTS, admitted::get);
  private final Task taken = Task.bare(null);

  private int put(Object item, long time) {
    int number = admitted.get();
    assertThat(ring.isFree(number)).isTrue();
    int claimed = admitted.getAndIncrement();
    ring.publish(claimed, item, time);
    return claimed;
  }

  private static Task waiting() {
    Task task = Task.of(() -> {}, null, null);
    task.admitted(0);
    return task;
  }

  private static Task husk() {
    Task task = waiting();
    assertThat(task.takeBack(Task.CANCELLED)).isTrue();
    return task;
  }

  @Test
  void firstInIsFirstOutOverManyLaps() {
    for (int i = 0; i < 100; i++) {
      Integer one = 2 * i;
      Integer other = 2 * i + 1;
      int number = put(one, 0);
      put(other, 0);
      assertThat(ring.poll(taken)).isSameAs(one);
      assertThat(taken.number).isEqualTo(number);
      assertThat(ring.poll(taken)).isSameAs(other);
      assertThat(ring.poll(taken)).isNull();
      assertThat(ring.hasTasks()).isFalse();
    }
  }

  @Test
  void whatIsOnItsWayCountsAndIsNotThereYet() {
    int claimed = admitted.getAndIncrement();
    assertThat(ring.hasTasks()).isTrue();
    assertThat(ring.isReady()).isFalse();
    assertThat(ring.poll(taken)).isNull();
    put("behind", 0);
    assertThat(ring.poll(taken)).isNull(); // in the order of admission
    ring.publish(claimed, "before", 0);
    assertThat(ring.isReady()).isTrue();
    assertThat(ring.poll(taken)).isEqualTo("before");
    assertThat(ring.poll(taken)).isEqualTo("behind");
  }

  @Test
  void slotsOfTasksThatAreNotQueuedAreSkipped() {
    put(TaskRing.NOTHING, 0);
    put(TaskRing.NOTHING, 0);
    put("queued", 0);
    assertThat(ring.poll(taken)).isEqualTo("queued");
    assertThat(ring.hasTasks()).isFalse();
  }

  @Test
  void timeOfAdmissionComesAlong() {
    long now = System.nanoTime();
    put("timed", now);
    put("not timed", 0);
    assertThat(ring.poll(taken)).isEqualTo("timed");
    assertThat(taken.acceptedAt - now).isBetween(0L, 1L);
    assertThat(ring.poll(taken)).isEqualTo("not timed");
    assertThat(taken.acceptedAt).isZero();
  }

  @Test
  void husksMakeRoomAndTheOthersKeepOrderAndTime() {
    long now = System.nanoTime();
    Task live = waiting();
    put("first", now);
    put(husk(), 0);
    put(live, 0);
    put(TaskRing.NOTHING, 0);
    assertThat(ring.isFree(SLOTS)).isFalse();
    assertThat(ring.makeRoom(PATIENT)).isZero();
    put("third", now + 8);
    put("fourth", 0);
    assertThat(ring.isFree(SLOTS + 2)).isFalse();
    assertThat(ring.poll(taken)).isEqualTo("first");
    assertThat(taken.acceptedAt - now).isBetween(0L, 1L);
    assertThat(ring.poll(taken)).isSameAs(live);
    assertThat(ring.poll(taken)).isEqualTo("third");
    assertThat(taken.acceptedAt - now).isBetween(8L, 9L);
    assertThat(ring.poll(taken)).isEqualTo("fourth");
    assertThat(ring.hasTasks()).isFalse();
  }

  @Test
  void withoutHusksThereIsNoRoom() {
    List<Integer> items = new ArrayList<>();
    for (int i = 0; i < SLOTS; i++) {
      items.add(i);
      put(i, 0);
    }
    assertThat(ring.makeRoom(PATIENT)).isEqualTo(PATIENT + 1);
    for (Integer item : items) {
      assertThat(ring.poll(taken)).isEqualTo(item);
    }
    assertThat(ring.isFree(SLOTS)).isTrue();
  }

  /** Each frees its place, but not its slot; there are far fewer slots. */
  @ParameterizedTest
  @EnumSource
  void anyNumberOfCancelledTasksLeavesRoomForOthers(PoolKind kind) throws Exception {
    List<Integer> ran = new CopyOnWriteArrayList<>();
    try (MonitoredPool pool = kind.of(1).queueCapacity(8).build()) {
      Blocker running = Blocker.in(pool);
      for (int i = 0; i < 7; i++) {
        int number = i;
        pool.execute(() -> ran.add(number));
        for (int j = 0; j < 500; j++) {
          assertThat(pool.submit(() -> ran.add(-1)).cancel(true)).isTrue();
        }
      }
      assertThat(pool.stats().queued()).isEqualTo(7);
      running.letGo();
      pool.close();
      assertThat(ran).containsExactly(0, 1, 2, 3, 4, 5, 6);
      assertThat(pool.stats().cancelled()).isEqualTo(3_500);
    }
  }
}
