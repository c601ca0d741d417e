// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.buffer.BoundedBuffer.Order;
import dev.interleave.buffer.BoundedBuffer.Overflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one thread by itself sees of a buffer, beyond the contract of a blocking queue. */
class BoundedBufferTest {
  private static final Deadline NOW = Deadline.after(Duration.ZERO);

  // ------------------------------------------------------------------ builder

  @Test
  @SuppressWarnings("NullAway") // that is the test
  void allWrongArgumentsAreNamedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            BoundedBuffer.<String>builder(0)
                .name(" ")
                .order(null)
                .overflow(Overflow.BLOCK, item -> {})
                .weigher(null, -7)
                .build())
        .withMessage(
            "capacity is less than 1: 0; name is blank: \" \"; order is null; onDropped is given,"
                + " but overflow drops nothing: BLOCK; weigher is null; maxWeight is less than 1:"
                + " -7");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            BoundedBuffer.<String>builder(1)
                .name(null)
                .overflow(Overflow.DROP_OLDEST, null)
                .build())
        .withMessage("name is null; onDropped is null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BoundedBuffer.<String>builder(1).overflow(null).build())
        .withMessage("overflow is null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BoundedBuffer<String>(-1))
        .withMessage("capacity is less than 1: -1");
  }

  @Test
  void aNameIsGenerated() {
    assertThat(new BoundedBuffer<String>(1).name())
        .matches("buffer-\\d+")
        .isNotEqualTo(new BoundedBuffer<String>(1).name());
  }

  /** No memory is taken for a bound that is none. */
  @Test
  void theLargestCapacityIsPossible() {
    var buffer = new BoundedBuffer<Integer>(Integer.MAX_VALUE);
    buffer.add(1);
    assertThat(buffer.remainingCapacity()).isEqualTo(Integer.MAX_VALUE - 1);
  }

  @ParameterizedTest
  @EnumSource
  void textShowsNameOrderAndItems(BufferKind kind) {
    BoundedBuffer<Integer> buffer = kind.create(3);
    buffer.add(41);
    String order =
        kind == BufferKind.LIFO ? "LIFO" : kind == BufferKind.PRIORITY ? "priority" : "FIFO";
    assertThat(buffer).hasToString("BoundedBuffer[jobs, " + order + ", 1 of 3][41]");
    buffer.close();
    assertThat(buffer).hasToString("BoundedBuffer[jobs, " + order + ", 1 of 3, closed][41]");
  }

  @Test
  void textOfManyItemsIsShort() {
    var buffer = new BoundedBuffer<Integer>(1_000);
    for (int i = 0; i < 1_000; i++) {
      buffer.add(i);
    }
    assertThat(buffer.toString()).endsWith("98, 99] and 900 more");
  }

  // ------------------------------------------------------------------ order

  @ParameterizedTest
  @EnumSource
  void equalPrioritiesAndAllOthersKeepTheirOrder(BufferKind kind) {
    record Job(int priority, int number) implements Comparable<Job> {
      @Override
      public int compareTo(Job other) {
        return Integer.compare(priority, other.priority);
      }
    }
    BoundedBuffer<Job> buffer = kind.create(64);
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      Job job = new Job(i * 7 % 5, i);
      jobs.add(job);
      buffer.add(job);
    }
    if (kind == BufferKind.LIFO) {
      jobs = jobs.reversed();
    } else if (kind == BufferKind.PRIORITY) {
      jobs.sort(Comparator.naturalOrder()); // stable
    }
    List<Job> out = new ArrayList<>();
    buffer.drainTo(out);
    assertThat(out).isEqualTo(jobs);
  }

  /** In a heap, the last one may have to move towards the root when another one is removed. */
  @Test
  void removalInsideKeepsPriorities() {
    BoundedBuffer<Integer> buffer = BufferKind.PRIORITY.create(100);
    List<Integer> numbers = List.of(0, 50, 1, 60, 55, 2, 3, 70, 61, 56, 57, 4, 5, 6, 7);
    for (int removed : numbers) {
      buffer.addAll(numbers);
      assertThat(buffer.remove((Object) removed)).isTrue();
      List<Integer> left = new ArrayList<>(numbers);
      left.remove(/* element */ (Integer) removed);
      left.sort(null);
      List<Integer> out = new ArrayList<>();
      buffer.drainTo(out);
      assertThat(out).as("without " + removed).isEqualTo(left);
    }
  }

  /** A comparator that throws leaves the heap as it was. */
  @Test
  void aComparatorThatThrowsChangesNothing() {
    boolean[] broken = {false};
    BoundedBuffer<Integer> buffer =
        BoundedBuffer.<Integer>builder(8)
            .order(
                Order.<Integer>priority((a, b) -> {
                  if (broken[0]) {
                    throw new ClassCastException("broken");
                  }
                  return a.compareTo(b);
                }))
            .build();
    buffer.addAll(List.of(5, 3, 4, 1, 2));
    broken[0] = true;
    assertThatThrownBy(() -> buffer.offer(0)).isInstanceOf(ClassCastException.class);
    assertThatThrownBy(buffer::poll).isInstanceOf(ClassCastException.class);
    assertThatThrownBy(() -> buffer.remove((Object) 5)).isInstanceOf(ClassCastException.class);
    broken[0] = false;
    List<Integer> out = new ArrayList<>();
    buffer.drainTo(out);
    assertThat(out).containsExactly(1, 2, 3, 4, 5);
    assertThat(buffer.stats().puts()).isEqualTo(5);
    assertThat(buffer.stats().takes()).isEqualTo(5);
  }

  // ------------------------------------------------------------------ overflow

  @ParameterizedTest
  @EnumSource
  void rejectNeverWaits(BufferKind kind) throws Exception {
    BoundedBuffer<Integer> buffer = kind.<Integer>builder(1).overflow(Overflow.REJECT).build();
    buffer.put(1);
    assertThatThrownBy(() -> buffer.put(2))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("jobs is full, capacity 1: it refuses 2");
    assertThatThrownBy(() -> buffer.add(2)).isExactlyInstanceOf(IllegalStateException.class);
    assertThat(buffer.offer(2)).isFalse();
    assertThat(buffer.offer(2, 1, TimeUnit.DAYS)).isFalse();
    assertThat(buffer.offer(2, Deadline.none())).isFalse();
    assertThat(buffer).containsExactly(1);
    assertThat(buffer.stats().rejected()).isEqualTo(5);
    assertThat(buffer.stats().dropped()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void dropOldestKeepsTheNewest(BufferKind kind) throws Exception {
    List<Integer> dropped = new ArrayList<>();
    BoundedBuffer<Integer> buffer =
        kind.<Integer>builder(3).overflow(Overflow.DROP_OLDEST, dropped::add).build();
    buffer.put(9);
    assertThat(buffer.add(8)).isTrue();
    assertThat(buffer.offer(7)).isTrue();
    buffer.put(6);
    assertThat(buffer.offer(5, 1, TimeUnit.DAYS)).isTrue();
    assertThat(dropped).as("inside longest, whatever the order").containsExactly(9, 8);
    assertThat(buffer).containsExactlyInAnyOrder(7, 6, 5);
    BufferStats stats = buffer.stats();
    assertThat(stats.puts()).isEqualTo(5);
    assertThat(stats.dropped()).isEqualTo(2);
    assertThat(stats.evicted()).isEqualTo(2);
    assertThat(stats.takes()).isZero();
    assertThat(stats.size()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource
  void dropNewestKeepsTheOldest(BufferKind kind) throws Exception {
    List<Integer> dropped = new ArrayList<>();
    BoundedBuffer<Integer> buffer =
        kind.<Integer>builder(2).overflow(Overflow.DROP_NEWEST, dropped::add).build();
    buffer.put(1);
    buffer.put(2);
    buffer.put(3);
    assertThat(buffer.offer(4)).isFalse();
    assertThat(buffer.offer(5, 1, TimeUnit.DAYS)).isFalse();
    assertThatThrownBy(() -> buffer.add(6)).isExactlyInstanceOf(IllegalStateException.class);
    assertThat(dropped).containsExactly(3, 4, 5, 6);
    assertThat(buffer).containsExactlyInAnyOrder(1, 2);
    assertThat(buffer.stats().dropped()).isEqualTo(4);
    assertThat(buffer.stats().evicted()).isZero();
    assertThat(buffer.stats().puts()).isEqualTo(2);
  }

  /** What the listener throws reaches the one who inserts; the item is inside all the same. */
  @Test
  void aListenerThatThrowsLosesNothing() {
    BoundedBuffer<Integer> buffer =
        BoundedBuffer.<Integer>builder(1)
            .overflow(
                Overflow.DROP_OLDEST,
                item -> {
                  throw new UnsupportedOperationException("of " + item);
                })
            .build();
    buffer.add(1);
    assertThatThrownBy(() -> buffer.add(2)).hasMessage("of 1");
    assertThat(buffer).containsExactly(2);
  }

  // ------------------------------------------------------------------ weight

  @Test
  void weightIsBounded() {
    BoundedBuffer<String> buffer =
        BoundedBuffer.<String>builder(10).name("texts").weigher(String::length, 8).build();
    assertThat(buffer.offer("12345")).isTrue();
    assertThat(buffer.offer("6789")).as("9 of 8").isFalse();
    assertThat(buffer.offer("")).as("weighs nothing").isTrue();
    assertThat(buffer.offer("678")).isTrue();
    assertThat(buffer.stats().weight()).isEqualTo(8);
    assertThat(buffer.stats().maxWeight()).isEqualTo(8);
    assertThat(buffer.poll()).isEqualTo("12345");
    assertThat(buffer.stats().weight()).isEqualTo(3);
    assertThat(buffer.remove("678")).isTrue();
    assertThat(buffer.stats().weight()).isZero();
  }

  /** It would wait for ever. */
  @Test
  void anItemHeavierThanAllIsRefusedAtOnce() {
    BoundedBuffer<String> buffer =
        BoundedBuffer.<String>builder(10).name("texts").weigher(String::length, 3).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> buffer.put("1234"))
        .withMessage("weight is more than maxWeight 3 of texts: 4, of 1234");
    assertThatIllegalArgumentException().isThrownBy(() -> buffer.offer("1234"));
    BoundedBuffer<String> wrong = BoundedBuffer.<String>builder(10).weigher(item -> -1, 3).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> wrong.add("x"))
        .withMessage("weight is negative: -1, of x");
  }

  /** Several light ones make room for a heavy one; there is never more inside than allowed. */
  @Test
  void dropOldestMakesRoomByWeight() {
    List<String> dropped = new ArrayList<>();
    BoundedBuffer<String> buffer =
        BoundedBuffer.<String>builder(10)
            .weigher(String::length, 4)
            .overflow(Overflow.DROP_OLDEST, dropped::add)
            .build();
    buffer.addAll(List.of("a", "b", "c", "d"));
    buffer.add("xyz");
    assertThat(dropped).containsExactly("a", "b", "c");
    assertThat(buffer).containsExactly("d", "xyz");
  }

  @Test
  void sumsOfWeightsDoNotOverflow() {
    BoundedBuffer<Long> buffer =
        BoundedBuffer.<Long>builder(10).weigher(Long::longValue, Long.MAX_VALUE).build();
    assertThat(buffer.offer(Long.MAX_VALUE)).isTrue();
    assertThat(buffer.offer(1L)).isFalse();
    assertThat(buffer.offer(0L)).isTrue();
  }

  // ------------------------------------------------------------------ batches, resize, leases

  @ParameterizedTest
  @EnumSource
  void aBatchIsWhatIsThere(BufferKind kind) throws Exception {
    BoundedBuffer<Integer> buffer = kind.create(8);
    buffer.addAll(List.of(1, 2, 3));
    assertThat(buffer.takeBatch(2, Deadline.none())).hasSize(2);
    assertThat(buffer.takeBatch(9, Deadline.none())).hasSize(1);
    assertThat(buffer.takeBatch(9, NOW)).isEmpty();
    buffer.add(4);
    assertThat(buffer.takeBatch(2, 9, Deadline.after(Duration.ofMillis(20)))).containsExactly(4);
    assertThatIllegalArgumentException().isThrownBy(() -> buffer.takeBatch(0, NOW));
    assertThatIllegalArgumentException().isThrownBy(() -> buffer.takeBatch(3, 2, NOW));
    buffer.add(5);
    buffer.close();
    assertThat(buffer.takeBatch(2, 9, Deadline.none())).as("no more to come").containsExactly(5);
    assertThatExceptionOfType(BufferClosedException.class)
        .isThrownBy(() -> buffer.takeBatch(1, Deadline.none()));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RING")
  void resizeLosesNothing(BufferKind kind) {
    BoundedBuffer<Integer> buffer =
        kind == BufferKind.WEIGHTED
            ? BoundedBuffer.<Integer>builder(2).weigher(item -> 1, 100).build()
            : kind.create(2);
    buffer.addAll(List.of(1, 2));
    buffer.resize(4);
    buffer.addAll(List.of(3, 4));
    buffer.resize(1);
    assertThat(buffer.capacity()).isEqualTo(1);
    assertThat(buffer.remainingCapacity()).isZero();
    assertThat(buffer.offer(5)).isFalse();
    List<Integer> out = new ArrayList<>();
    buffer.drainTo(out);
    assertThat(out).containsExactlyInAnyOrder(1, 2, 3, 4);
    assertThat(buffer.offer(5)).isTrue();
    assertThat(buffer.offer(6)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> buffer.resize(0));
  }

  @Test
  void aRingIsNotResized() {
    assertThatThrownBy(() -> BufferKind.RING.<Integer>create(2).resize(3))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("jobs keeps its items in a ring of 2; build it with resizable(true)");
  }

  @ParameterizedTest
  @EnumSource
  void idleMeansEmptyAndNoLeaseOpen(BufferKind kind) throws Exception {
    BoundedBuffer<Integer> buffer = kind.create(2);
    assertThat(buffer.awaitIdle(NOW)).isTrue();
    buffer.add(1);
    assertThat(buffer.awaitIdle(NOW)).isFalse();
    try (Lease<Integer> lease = buffer.lease()) {
      assertThat(lease.item()).isEqualTo(1);
      assertThat(buffer).isEmpty();
      assertThat(buffer.awaitIdle(NOW)).isFalse();
      assertThat(buffer.stats().leased()).isEqualTo(1);
      assertThat(lease).hasToString("Lease[1 of jobs]");
    }
    assertThat(buffer.awaitIdle(NOW)).isTrue();
    assertThat(buffer.lease(NOW)).isNull();
    assertThat(buffer.stats().leased()).isZero();
    buffer.close();
    assertThat(buffer.leaseOrNull()).isNull();
    assertThatExceptionOfType(BufferClosedException.class).isThrownBy(buffer::lease);
    assertThatExceptionOfType(BufferClosedException.class).isThrownBy(() -> buffer.lease(NOW));
  }

  // ------------------------------------------------------------------ close

  @ParameterizedTest
  @EnumSource
  void whoComesTooLateLearnsWhy(BufferKind kind) throws Exception {
    BoundedBuffer<Integer> buffer = kind.create(2);
    buffer.add(1);
    Exception why = new Exception("the disk is gone");
    buffer.close(why);
    buffer.close(new Exception("later"));
    buffer.close();
    assertThat(buffer.isClosed()).isTrue();
    assertThatExceptionOfType(BufferClosedException.class)
        .isThrownBy(() -> buffer.put(2))
        .withMessage("jobs is closed and accepts nothing more")
        .havingCause()
        .isSameAs(why);
    assertThat(buffer.takeOrNull()).isEqualTo(1);
    assertThat(buffer.takeOrNull()).isNull();
    assertThatExceptionOfType(BufferClosedException.class)
        .isThrownBy(buffer::take)
        .withMessage("jobs is closed and drained")
        .havingCause()
        .isSameAs(why);
    assertThatExceptionOfType(BufferClosedException.class).isThrownBy(() -> buffer.poll(NOW));
  }

  @ParameterizedTest
  @EnumSource
  void closeNowReturnsWhatWasInside(BufferKind kind) {
    BoundedBuffer<Integer> buffer = kind.create(4);
    buffer.addAll(List.of(1, 2, 3));
    assertThat(buffer.closeNow()).containsExactlyInAnyOrder(1, 2, 3);
    assertThat(buffer.closeNow()).isEmpty();
    assertThatExceptionOfType(BufferClosedException.class)
        .isThrownBy(() -> buffer.offer(4))
        .withNoCause();
    assertThat(buffer.stats().takes()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource
  void aClosedBufferDropsNothing(BufferKind kind) {
    for (Overflow overflow : Overflow.values()) {
      BoundedBuffer<Integer> buffer = kind.<Integer>builder(1).overflow(overflow).build();
      buffer.add(1);
      buffer.close();
      assertThatExceptionOfType(BufferClosedException.class).isThrownBy(() -> buffer.put(2));
      assertThatExceptionOfType(BufferClosedException.class).isThrownBy(() -> buffer.offer(2));
      assertThatExceptionOfType(BufferClosedException.class).isThrownBy(() -> buffer.add(2));
      assertThat(buffer).containsExactly(1);
      assertThat(buffer.stats().dropped()).isZero();
    }
  }

  // ------------------------------------------------------------------ figures

  @ParameterizedTest
  @EnumSource
  void figuresAddUp(BufferKind kind) throws Exception {
    BoundedBuffer<Integer> buffer = kind.create(5);
    for (int i = 0; i < 5; i++) {
      buffer.put(i);
    }
    assertThat(buffer.offer(5)).isFalse();
    int rejected = 1;
    do { // its time may be up before it has begun to wait
      assertThat(buffer.offer(5, 1, TimeUnit.MILLISECONDS)).isFalse();
      rejected++;
    } while (buffer.stats().producerWaits().count() == 0);
    buffer.take();
    assertThat(buffer.removeIf(item -> item == 2)).isTrue();
    buffer.poll();
    BufferStats stats = buffer.stats();
    assertThat(stats.name()).isEqualTo("jobs");
    assertThat(stats.capacity()).isEqualTo(5);
    assertThat(stats.size()).isEqualTo(2);
    assertThat(stats.highWater()).isEqualTo(5);
    assertThat(stats.puts()).isEqualTo(5);
    assertThat(stats.takes()).isEqualTo(2);
    assertThat(stats.removed()).isEqualTo(1);
    assertThat(stats.rejected()).isEqualTo(rejected);
    assertThat(stats.usage()).isEqualTo(0.4);
    assertThat(stats.closed()).isFalse();
    assertThat(stats.producerWaits().count()).isEqualTo(1);
    assertThat(stats.producerWaits().timedOut()).isEqualTo(1);
    assertThat(stats.producerWaits().longestNanos()).isPositive();
    assertThat(stats.producerWaits().mean())
        .isEqualTo(Duration.ofNanos(stats.producerWaits().longestNanos()));
    assertThat(stats.consumerWaits().count()).isZero();
    assertThat(stats.blockedProducers()).isZero();
  }

  /** The mark follows each step, not only what a full ring sees. */
  @ParameterizedTest
  @EnumSource
  void theHighWaterMarkIsExact(BufferKind kind) {
    BoundedBuffer<Integer> buffer = kind.create(100);
    for (int most = 1; most <= 100; most++) {
      for (int i = 0; i < most; i++) {
        buffer.add(i);
      }
      buffer.clear();
      assertThat(buffer.stats().highWater()).isEqualTo(most);
    }
  }

  @Test
  void waitsAreCountedByTheirLength() {
    assertThat(WaitMeter.bucket(-1)).isZero();
    assertThat(WaitMeter.bucket(999)).isZero();
    assertThat(WaitMeter.bucket(1_000)).isEqualTo(1);
    assertThat(WaitMeter.bucket(1_999)).isEqualTo(1);
    assertThat(WaitMeter.bucket(2_000)).isEqualTo(2);
    assertThat(WaitMeter.bucket(Long.MAX_VALUE)).isEqualTo(BufferStats.WaitTimes.BUCKETS - 1);
    List<Long> counts = new ArrayList<>(java.util.Collections.nCopies(30, 0L));
    counts.set(0, 5L);
    counts.set(3, 4L);
    counts.set(29, 1L);
    var waits = new BufferStats.WaitTimes(10, 0, 0, 1, 400_000_000_000L, counts);
    assertThat(waits.quantile(0.5)).isEqualTo(Duration.ofNanos(1_000));
    assertThat(waits.quantile(0.9)).isEqualTo(Duration.ofNanos(8_000));
    assertThat(waits.quantile(1)).isEqualTo(Duration.ofSeconds(400));
    assertThatIllegalArgumentException().isThrownBy(() -> waits.quantile(0));
  }

  /** The one that it showed was removed by another; the same object comes again further on. */
  @Test
  void anIteratorDoesNotRemoveTheSameObjectInAnotherPlace() {
    for (boolean resizable : new boolean[] {false, true}) {
      BoundedBuffer<String> buffer = BoundedBuffer.<String>builder(8).resizable(resizable).build();
      buffer.addAll(List.of("first", "twice", "between", "twice"));
      var iterator = buffer.iterator();
      iterator.next();
      assertThat(iterator.next()).isEqualTo("twice");
      buffer.remove("twice");
      buffer.remove("between");
      iterator.remove();
      assertThat(buffer).containsExactly("first", "twice");
    }
  }

  /** Each removal from the inside moves up what lies before it. */
  @Test
  void anIteratorFindsItsItemAgainAfterOthersWereRemoved() {
    BoundedBuffer<Integer> buffer = new BoundedBuffer<>(8);
    for (int i = 0; i < 8; i++) {
      buffer.add(i);
    }
    var iterator = buffer.iterator();
    for (int i = 0; i <= 3; i++) {
      iterator.next();
    }
    buffer.removeAll(List.of(1, 5, 7));
    assertThat(buffer.poll()).isZero();
    buffer.removeIf(i -> i == 6);
    iterator.remove();
    assertThat(buffer).containsExactly(2, 4);
    iterator.next();
    iterator.remove();
    assertThat(buffer).containsExactly(2);
    iterator.next(); // 5, which is gone
    iterator.remove();
    assertThat(buffer).containsExactly(2);
    assertThat(buffer.stats().removed()).isEqualTo(6);
  }
}
