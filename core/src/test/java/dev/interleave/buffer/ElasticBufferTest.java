// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.buffer.BoundedBuffer.Overflow;
import dev.interleave.buffer.ElasticBuffer.Resize;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a buffer follows the load; the defects of the catalogue's, C24, among it. */
class ElasticBufferTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The time of the buffers here, in nanoseconds. */
  private long now = 77;

  private ElasticBuffer.Builder<Integer> builder(int min, int max) {
    return ElasticBuffer.<Integer>builder(min, max).name("lines").clock(() -> now);
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private static void fill(ElasticBuffer<Integer> buffer, int count) {
    for (int i = 0; i < count; i++) {
      buffer.add(i);
    }
  }

  private static List<Integer> capacities(ElasticBuffer<Integer> buffer) {
    return buffer.resizes().stream().map(Resize::to).toList();
  }

  // ------------------------------------------------------------------ C24, defect by defect

  /** Growth asked for a rate that the history could never show: 200 puts, no adjustment. */
  @Test
  void c24ItGrows() {
    ElasticBuffer<Integer> buffer = builder(10, 1_000).build();
    fill(buffer, 200);
    assertThat(buffer.stats().growths()).isPositive();
    assertThat(buffer.capacity()).isBetween(200, 300);
    assertThat(buffer.size()).isEqualTo(200);
  }

  /** A full buffer dropped its oldest items in silence: 25 into 10 began at 15. */
  @Test
  void c24AFullBufferLosesNothing() {
    ElasticBuffer<Integer> buffer = builder(10, 20).build();
    fill(buffer, 20);
    assertThat(buffer.offer(20)).isFalse();
    assertThat(buffer.stats().buffer().rejected()).isEqualTo(1);
    for (int i = 0; i < 20; i++) {
      assertThat(buffer.poll()).isEqualTo(i);
    }
  }

  /** The branch that counted overflows was never reached. */
  @Test
  void c24OverflowIsExplicitAndCounted() throws Exception {
    List<Integer> dropped = new ArrayList<>();
    ElasticBuffer<Integer> buffer =
        builder(1, 4).overflow(Overflow.DROP_OLDEST, dropped::add).build();
    for (int i = 0; i < 7; i++) {
      buffer.put(i);
    }
    assertThat(dropped).containsExactly(0, 1, 2);
    assertThat(buffer.stats().buffer().dropped()).isEqualTo(3);
    assertThat(buffer).containsExactly(3, 4, 5, 6);
  }

  /** At the floor it went on "shrinking" from 10 to 10, and counted that. */
  @Test
  void c24AtTheFloorItRests() {
    ElasticBuffer<Integer> buffer = builder(10, 100).build();
    for (int i = 0; i < 10; i++) {
      pass(Duration.ofMinutes(1));
      assertThat(buffer.adjust()).isFalse();
    }
    assertThat(buffer.stats().shrinks()).isZero();
    assertThat(buffer.resizes()).isEmpty();
  }

  /** The shrinking of a buffer below the floor of 10 made it grow. */
  @Test
  void c24ShrinkingNeverGrows() {
    ElasticBuffer<Integer> buffer = builder(2, 100).initial(9).build();
    for (int i = 0; i < 10; i++) {
      pass(Duration.ofMinutes(1));
      buffer.adjust();
    }
    assertThat(capacities(buffer)).containsExactly(6, 4, 2);
  }

  /** To ask an empty buffer counted as load. */
  @Test
  void c24PollingIsNoLoad() {
    ElasticBuffer<Integer> buffer = builder(10, 100).initial(50).build();
    for (int i = 0; i < 1_000; i++) {
      pass(Duration.ofMillis(10));
      assertThat(buffer.poll()).isNull();
    }
    assertThat(buffer.stats().growths()).isZero();
    assertThat(buffer.capacity()).as("it has shrunk, polled or not").isLessThan(50);
  }

  /** It had no hysteresis: a load at the edge made it go to and fro. */
  @Test
  void c24TheSameLoadDoesNotMakeItGoToAndFro() {
    ElasticBuffer<Integer> buffer = builder(1, 1_000_000).build();
    for (int load = 1; load < 300; load += 7) {
      fill(buffer, load);
      buffer.clear();
      long before = buffer.stats().growths() + buffer.stats().shrinks();
      for (int i = 0; i < 30; i++) {
        pass(Duration.ofSeconds(2));
        fill(buffer, load);
        buffer.clear();
      }
      long after = buffer.stats().growths() + buffer.stats().shrinks();
      assertThat(after - before).as("changes under a load of " + load).isLessThanOrEqualTo(1);
    }
  }

  /** None meant "empty", and could be an item. */
  @Test
  @SuppressWarnings("NullAway") // that is the test
  void c24NullIsNoItem() {
    ElasticBuffer<Integer> buffer = builder(1, 1).build();
    assertThatThrownBy(() -> buffer.offer(null)).isInstanceOf(NullPointerException.class);
    assertThat(buffer.poll()).isNull();
  }

  // ------------------------------------------------------------------ growing and shrinking

  @Test
  void eachChangeSaysWhy() {
    List<Resize> told = new ArrayList<>();
    ElasticBuffer<Integer> buffer = builder(10, 22).onResize(told::add).build();
    pass(Duration.ofMillis(200));
    fill(buffer, 9);
    pass(Duration.ofMillis(50));
    fill(buffer, 7);
    pass(Duration.ofSeconds(1));
    buffer.drainTo(new ArrayList<>());
    pass(Duration.ofSeconds(5));
    buffer.adjust();
    pass(Duration.ofSeconds(5));
    buffer.adjust();
    assertThat(buffer.resizes()).isEqualTo(told);
    assertThat(told)
        .extracting(Resize::toString)
        .containsExactly(
            "#1 after PT0.2S: grew from 10 to 15, because 9 of 10 places were in use",
            "#2 after PT0.25S: grew from 15 to 22, because all 15 places were in use",
            "#3 after PT11.25S: shrank from 22 to 15, because no more than 0 of 22 places were in"
                + " use for PT5S");
  }

  @Test
  void itGrowsAheadOnlyAfterTheCooldown() {
    ElasticBuffer<Integer> buffer = builder(10, 1_000).cooldown(Duration.ofSeconds(1)).build();
    fill(buffer, 9); // more than 8
    assertThat(buffer.capacity()).isEqualTo(15);
    fill(buffer, 5); // more than 12, but too soon
    assertThat(buffer.capacity()).isEqualTo(15);
    pass(Duration.ofSeconds(1));
    assertThat(buffer.adjust()).isTrue();
    assertThat(buffer.capacity()).isEqualTo(22);
  }

  @Test
  void itNeverPassesItsBounds() {
    ElasticBuffer<Integer> buffer = builder(3, 7).build();
    fill(buffer, 7);
    assertThat(buffer.offer(7)).isFalse();
    assertThat(buffer.capacity()).isEqualTo(7);
    assertThat(buffer.remainingCapacity()).isZero();
    buffer.clear();
    for (int i = 0; i < 20; i++) {
      pass(Duration.ofSeconds(5));
      buffer.adjust();
    }
    assertThat(buffer.capacity()).isEqualTo(3);
    assertThat(buffer.remainingCapacity()).isEqualTo(7);
    assertThat(buffer.stats().minCapacity()).isEqualTo(3);
    assertThat(buffer.stats().maxCapacity()).isEqualTo(7);
  }

  /** A peak within the window keeps it as it is, wherever in the window it was. */
  @Test
  void aPeakKeepsItFromShrinking() {
    ElasticBuffer<Integer> buffer = builder(10, 100).initial(100).build();
    for (int i = 0; i < 10; i++) {
      pass(Duration.ofSeconds(3));
      fill(buffer, 40);
      buffer.clear();
    }
    assertThat(buffer.resizes()).isEmpty();
  }

  @Test
  @SuppressWarnings("NullAway") // that is the test
  void allWrongArgumentsAreNamedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            ElasticBuffer.<Integer>builder(0, -1)
                .initial(5)
                .name("")
                .overflow(Overflow.REJECT, item -> {})
                .grow(0, 1)
                .shrink(1, 1)
                .cooldown(Duration.ofSeconds(-1))
                .window(Duration.ZERO)
                .onResize(null)
                .build())
        .withMessage(
            "min is less than 1: 0; max is less than min: -1, 0; initial is not between min and"
                + " max: 5; name is blank: \"\"; onDropped is given, but overflow drops nothing:"
                + " REJECT; grow at is not in (0, 1]: 0.0; grow by is not greater than 1: 1.0;"
                + " shrink at is not in [0, 1): 1.0; shrink by is not in (0, 1): 1.0; cooldown is"
                + " negative: PT-1S; window is not positive: PT0S; onResize is null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder(1, 9).grow(0.5, 1.5).shrink(0.4, 0.7).build())
        .withMessageContaining("would make it grow again")
        .withMessageContaining("would make it shrink again");
  }

  // ------------------------------------------------------------------ threads

  /** Producers, consumers, and a capacity that goes up and down: what went in comes out once. */
  @ParameterizedTest
  @EnumSource
  void nothingIsLostWhileItChanges(ThreadKind threads) throws Exception {
    int items = Boolean.getBoolean("interleave.thorough") ? 500_000 : 20_000;
    ElasticBuffer<Integer> buffer =
        ElasticBuffer.<Integer>builder(1, 64)
            .cooldown(Duration.ZERO)
            .window(Duration.ofNanos(10_000))
            .build();
    Set<Integer> out = ConcurrentHashMap.newKeySet();
    try (Actors actors = new Actors(threads, PATIENCE)) {
      List<Step<?>> producers = new ArrayList<>();
      for (int p = 0; p < 2; p++) {
        int first = p * items;
        producers.add(
            actors
                .actor("producer-" + p)
                .start(() -> {
                  for (int i = 0; i < items; i++) {
                    buffer.put(first + i);
                  }
                }));
      }
      List<Step<?>> consumers = new ArrayList<>();
      for (Actor consumer : actors.actors(2, "consumer")) {
        consumers.add(
            consumer.start(() -> {
              int last = -1;
              int lastOfOther = -1;
              for (Integer item = buffer.takeOrNull(); item != null; item = buffer.takeOrNull()) {
                assertThat(out.add(item)).as("twice: " + item).isTrue();
                if (item < items) {
                  assertThat(item).as("order").isGreaterThan(last);
                  last = item;
                } else {
                  assertThat(item).as("order").isGreaterThan(lastOfOther);
                  lastOfOther = item;
                }
              }
            }));
      }
      for (Step<?> producer : producers) {
        producer.result();
      }
      buffer.close();
      for (Step<?> consumer : consumers) {
        consumer.result();
      }
    }
    assertThat(out).hasSize(2 * items);
    assertThat(buffer.stats().growths()).isPositive();
    assertThat(buffer.stats().shrinks()).isPositive();
  }

  /** Room that comes by growth is room for those who wait already. */
  @ParameterizedTest
  @EnumSource
  void atTheMaximumItWaitsAndIsClosed(ThreadKind threads) throws Exception {
    ElasticBuffer<Integer> buffer = ElasticBuffer.<Integer>builder(1, 2).build();
    buffer.put(1);
    buffer.put(2);
    try (Actors actors = new Actors(threads, PATIENCE)) {
      Step<?> put = actors.actor("producer").start(() -> buffer.put(3));
      put.awaitBlocked();
      assertThat(buffer.take()).isEqualTo(1);
      put.result();
      Step<?> late = actors.actor("late").start(() -> buffer.put(4));
      late.awaitBlocked();
      buffer.close(new Exception("enough"));
      assertThat(late.failure(BufferClosedException.class)).hasRootCauseMessage("enough");
      assertThatExceptionOfType(BufferClosedException.class).isThrownBy(() -> buffer.offer(5));
      assertThat(buffer.closeNow()).containsExactly(2, 3);
      assertThat(buffer.poll()).isNull();
      assertThatExceptionOfType(BufferClosedException.class)
          .isThrownBy(() -> buffer.poll(1, TimeUnit.DAYS));
      assertThat(buffer.awaitIdle(Deadline.none())).isTrue();
    }
  }
}
