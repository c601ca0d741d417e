// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.buffer.BoundedBuffer.Overflow;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Crowds at a buffer: whatever they do, each item that went in comes out once. */
@SuppressWarnings("ThreadPriorityCheck") // lets the others have their turn; nothing relies on it
class BufferStressTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");
  private static final Duration PATIENCE = Duration.ofMinutes(THOROUGH ? 10 : 1);
  private static final long TIME = TimeUnit.MILLISECONDS.toNanos(THOROUGH ? 8_000 : 400);
  private static final int SIDE = 4;

  private static Stream<Arguments> kinds() {
    return Stream.of(BufferKind.values())
        .flatMap(
            kind -> Stream.of(ThreadKind.values()).map(threads -> Arguments.of(kind, threads)));
  }

  /** Runs these, and returns their results when all are done. */
  private static <T> List<T> all(Actors actors, String name, List<Callable<T>> calls)
      throws InterruptedException {
    List<Step<T>> steps = new ArrayList<>();
    List<Actor> crew = actors.actors(calls.size(), name);
    for (int i = 0; i < calls.size(); i++) {
      steps.add(crew.get(i).startCall(calls.get(i)));
    }
    List<T> results = new ArrayList<>();
    for (Step<T> step : steps) {
      results.add(step.result());
    }
    return results;
  }

  // ------------------------------------------------------------------ capacity 1

  /** The load that stalls one condition with notify(): 4 producers, 4 consumers, one place. */
  @ParameterizedTest
  @MethodSource("kinds")
  void fourAndFourShareOnePlace(BufferKind kind, ThreadKind threads) throws Exception {
    int each = items(kind) / SIDE;
    BoundedBuffer<Integer> buffer = kind.create(1);
    BitSet seen = new BitSet();
    try (Actors actors = new Actors(threads, PATIENCE)) {
      List<Step<?>> producers = new ArrayList<>();
      for (int p = 0; p < SIDE; p++) {
        int first = p * each;
        producers.add(
            actors
                .actor("producer-" + p)
                .start(() -> {
                  for (int i = 0; i < each; i++) {
                    buffer.put(first + i);
                  }
                }));
      }
      List<Step<BitSet>> consumers = new ArrayList<>();
      for (int c = 0; c < SIDE; c++) {
        consumers.add(actors.actor("consumer-" + c).startCall(() -> takeAll(buffer)));
      }
      for (Step<?> producer : producers) {
        producer.result();
      }
      buffer.close();
      for (Step<BitSet> consumer : consumers) {
        BitSet taken = consumer.result();
        assertThat(taken.intersects(seen)).as("taken twice").isFalse();
        seen.or(taken);
      }
    }
    assertThat((long) seen.cardinality()).isEqualTo((long) SIDE * each);
    assertThat(buffer.stats().highWater()).isEqualTo(1);
    assertThat(buffer.stats().takes()).isEqualTo((long) SIDE * each);
  }

  /** Under a lock each item costs a switch of threads, so the other kinds get a tenth. */
  private static int items(BufferKind kind) {
    if (kind == BufferKind.RING) {
      return THOROUGH ? 10_000_000 : 120_000;
    }
    return THOROUGH ? 1_000_000 : 12_000;
  }

  private static BitSet takeAll(BoundedBuffer<Integer> buffer) throws InterruptedException {
    BitSet taken = new BitSet();
    for (Integer item = buffer.takeOrNull(); item != null; item = buffer.takeOrNull()) {
      assertThat(taken.get(item)).as("taken twice").isFalse();
      taken.set(item);
    }
    return taken;
  }

  // ------------------------------------------------------------------ interrupts

  /** Whoever is interrupted has put in or taken out nothing, and no wake-up is lost with it. */
  @ParameterizedTest
  @MethodSource("kinds")
  void anInterruptStormLosesNothing(BufferKind kind, ThreadKind threads) throws Exception {
    BoundedBuffer<Integer> buffer = kind.create(2);
    AtomicInteger next = new AtomicInteger();
    AtomicInteger interrupts = new AtomicInteger();
    AtomicBoolean over = new AtomicBoolean();
    Set<Integer> in = ConcurrentHashMap.newKeySet();
    Set<Integer> out = ConcurrentHashMap.newKeySet();
    try (Actors actors = new Actors(threads, PATIENCE)) {
      List<Actor> crew = new ArrayList<>(actors.actors(SIDE, "producer"));
      List<Step<?>> steps = new ArrayList<>();
      for (Actor producer : List.copyOf(crew)) {
        steps.add(
            producer.start(() -> {
              while (!over.get()) {
                int item = next.getAndIncrement();
                try {
                  if (item % 3 != 0) {
                    buffer.put(item);
                    in.add(item);
                  } else if (buffer.offer(item, 50, TimeUnit.MICROSECONDS)) {
                    in.add(item);
                  }
                } catch (InterruptedException e) {
                  interrupts.incrementAndGet();
                }
              }
            }));
      }
      List<Actor> consumers = actors.actors(SIDE, "consumer");
      for (Actor consumer : consumers) {
        steps.add(
            consumer.start(() -> {
              for (int i = 0; !buffer.isClosed() || !buffer.isEmpty(); i++) {
                try {
                  Integer item =
                      i % 3 != 0 ? buffer.takeOrNull() : buffer.poll(50, TimeUnit.MICROSECONDS);
                  if (item != null) {
                    assertThat(out.add(item)).as("taken twice: " + item).isTrue();
                  }
                } catch (InterruptedException e) {
                  interrupts.incrementAndGet();
                } catch (BufferClosedException e) {
                  return;
                }
              }
            }));
      }
      crew.addAll(consumers);
      storm(crew);
      over.set(true);
      for (Step<?> producer : steps.subList(0, SIDE)) {
        producer.result();
      }
      buffer.close();
      for (Step<?> consumer : steps.subList(SIDE, 2 * SIDE)) {
        consumer.result();
      }
    }
    assertThat(out).isEqualTo(in);
    assertThat(interrupts.get()).as("interrupts that hit").isPositive();
  }

  private static void storm(List<Actor> crew) {
    SplittableRandom random = new SplittableRandom(7);
    for (long start = System.nanoTime(); System.nanoTime() - start < TIME; ) {
      crew.get(random.nextInt(crew.size())).interrupt();
      LockSupport.parkNanos(20_000);
    }
  }

  // ------------------------------------------------------------------ closeNow

  /** Each item is returned by closeNow or taken, or its put threw. */
  @ParameterizedTest
  @MethodSource("kinds")
  void closeNowAgainstEverybody(BufferKind kind, ThreadKind threads) throws Exception {
    SplittableRandom random = new SplittableRandom(3);
    try (Actors actors = new Actors(threads, PATIENCE)) {
      for (long start = System.nanoTime(); System.nanoTime() - start < TIME; ) {
        BoundedBuffer<Integer> buffer = kind.create(1 + random.nextInt(4));
        Set<Integer> in = ConcurrentHashMap.newKeySet();
        Set<Integer> out = ConcurrentHashMap.newKeySet();
        List<Callable<Integer>> calls = new ArrayList<>();
        for (int p = 0; p < 2; p++) {
          int first = p * 1_000_000;
          calls.add(() -> putUntilClosed(buffer, first, in));
          calls.add(() -> takeUntilDrained(buffer, out));
        }
        long pause = random.nextLong(100_000);
        calls.add(() -> closeNow(buffer, pause, out));
        calls.add(() -> closeNow(buffer, pause, out));
        all(actors, "crew", calls);
        assertThat(out).isEqualTo(in);
      }
    }
  }

  private static int putUntilClosed(BoundedBuffer<Integer> buffer, int first, Set<Integer> in)
      throws InterruptedException {
    for (int item = first; ; item++) {
      try {
        buffer.put(item);
        in.add(item);
      } catch (BufferClosedException e) {
        return item;
      }
    }
  }

  private static int takeUntilDrained(BoundedBuffer<Integer> buffer, Set<Integer> out)
      throws InterruptedException {
    for (Integer item = buffer.takeOrNull(); item != null; item = buffer.takeOrNull()) {
      assertThat(out.add(item)).as("out twice: " + item).isTrue();
    }
    return 0;
  }

  private static int closeNow(BoundedBuffer<Integer> buffer, long pause, Set<Integer> out) {
    LockSupport.parkNanos(pause);
    for (Integer item : buffer.closeNow()) {
      assertThat(out.add(item)).as("out twice: " + item).isTrue();
    }
    return 0;
  }

  // ------------------------------------------------------------------ the inside

  /** Removals inside, iterators and batches, while items rush through, several laps of the ring. */
  @ParameterizedTest
  @MethodSource("kinds")
  void removalsInsideLoseAndDoubleNothing(BufferKind kind, ThreadKind threads) throws Exception {
    BoundedBuffer<Integer> buffer = kind.create(5);
    AtomicBoolean over = new AtomicBoolean();
    Set<Integer> in = ConcurrentHashMap.newKeySet();
    Set<Integer> out = ConcurrentHashMap.newKeySet();
    AtomicInteger removedInside = new AtomicInteger();
    CountDownLatch firstRemoved = new CountDownLatch(1);
    try (Actors actors = new Actors(threads, PATIENCE)) {
      List<Callable<Integer>> calls = new ArrayList<>();
      for (int p = 0; p < 2; p++) {
        int first = p * 100_000_000;
        calls.add(() -> putUntilClosed(buffer, first, in));
      }
      calls.add(() -> takeUntilDrained(buffer, out));
      calls.add(() -> {
        List<Integer> batch = new ArrayList<>();
        while (!over.get()) {
          batch.clear();
          buffer.drainTo(batch, 3);
          batch.forEach(item -> assertThat(out.add(item)).as("twice: " + item).isTrue());
          Thread.yield();
        }
        return 0;
      });
      calls.add(() -> {
        while (!over.get()) {
          List<Integer> seen = new ArrayList<>(buffer);
          assertThat(seen).doesNotHaveDuplicates();
          for (Integer item : seen.reversed()) {
            if (buffer.remove((Object) item)) { // itself: each is there once
              removedInside.incrementAndGet();
              firstRemoved.countDown();
              assertThat(out.add(item)).as("twice: " + item).isTrue();
              break;
            }
          }
          Thread.yield();
        }
        return 0;
      });
      calls.add(() -> {
        LockSupport.parkNanos(TIME);
        boolean removed = firstRemoved.await(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
        over.set(true);
        buffer.close();
        assertThat(removed).as("something was removed inside").isTrue();
        return 0;
      });
      all(actors, "crew", calls);
    }
    assertThat(out).isEqualTo(in);
    assertThat(buffer.stats().removed()).isEqualTo(removedInside.get());
    BufferStats stats = buffer.stats();
    assertThat(stats.takes() + stats.removed()).isEqualTo(stats.puts());
  }

  // ------------------------------------------------------------------ drops, leases, batches

  /** What goes in comes out or is dropped; never more than the capacity is inside. */
  @ParameterizedTest
  @MethodSource("kinds")
  void droppedPlusTakenIsPut(BufferKind kind, ThreadKind threads) throws Exception {
    int items = 20_000;
    for (Overflow overflow : List.of(Overflow.DROP_OLDEST, Overflow.DROP_NEWEST)) {
      Set<Integer> out = ConcurrentHashMap.newKeySet();
      BoundedBuffer<Integer> buffer =
          kind.<Integer>builder(2)
              .overflow(overflow, item -> assertThat(out.add(item)).as("twice: " + item).isTrue())
              .build();
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
        Step<?> consumer = actors.actor("consumer").start(() -> takeUntilDrained(buffer, out));
        for (Step<?> producer : producers) {
          producer.result();
        }
        buffer.close();
        consumer.result();
      }
      assertThat(out).hasSize(2 * items);
      BufferStats stats = buffer.stats();
      assertThat(stats.takes() + stats.dropped()).isEqualTo(2L * items);
      assertThat(stats.highWater()).isLessThanOrEqualTo(2);
    }
  }

  /** Workers that put more work in: idle comes when the last of it is done, and not before. */
  @ParameterizedTest
  @MethodSource("kinds")
  void idleComesAfterTheLastTask(BufferKind kind, ThreadKind threads) throws Exception {
    try (Actors actors = new Actors(threads, PATIENCE)) {
      for (long start = System.nanoTime(); System.nanoTime() - start < TIME / 2; ) {
        BoundedBuffer<Integer> buffer = kind.create(64);
        AtomicInteger done = new AtomicInteger();
        List<Step<?>> workers = new ArrayList<>();
        for (Actor worker : actors.actors(3, "worker")) {
          workers.add(
              worker.start(() -> {
                for (Lease<Integer> lease = buffer.leaseOrNull();
                    lease != null;
                    lease = buffer.leaseOrNull()) {
                  try (Lease<Integer> task = lease) {
                    for (int more = task.item(); more > 0; more--) {
                      buffer.put(more - 1);
                    }
                    done.incrementAndGet();
                  }
                }
              }));
        }
        buffer.put(4); // 2^4 tasks in the end
        actors
            .actor("waiter")
            .run(() -> {
              assertThat(buffer.awaitIdle(Deadline.after(PATIENCE))).isTrue();
              assertThat(done.get()).isEqualTo(16);
            });
        buffer.close();
        for (Step<?> worker : workers) {
          worker.result();
        }
      }
    }
  }

  /**
   * A batch has one deadline: items that come one by one do not prolong it. It takes what is there
   * when it looks, so that there are more when its thread is away; but hardly each time.
   */
  @ParameterizedTest
  @EnumSource
  void aBatchDoesNotOutlastItsDeadline(ThreadKind threads) throws Exception {
    List<Integer> sizes = new ArrayList<>();
    do {
      sizes.add(batchOfWhatDrips(threads, Duration.ofMillis(60)));
    } while (sizes.getLast() > 60 && sizes.size() < 10);
    assertThat(sizes).anySatisfy(size -> assertThat(size).isBetween(1, 60));
  }

  private static int batchOfWhatDrips(ThreadKind threads, Duration time) throws Exception {
    BoundedBuffer<Integer> buffer = new BoundedBuffer<>(100_000);
    AtomicBoolean over = new AtomicBoolean();
    try (Actors actors = new Actors(threads, PATIENCE)) {
      buffer.put(1);
      Step<?> dripping =
          actors
              .actor("producer")
              .start(() -> {
                while (!over.get()) {
                  buffer.put(1);
                  LockSupport.parkNanos(2_000_000); // far less than the time of the batch
                }
              });
      Step<List<Integer>> batch =
          actors
              .actor("consumer")
              .startCall(() -> buffer.takeBatch(1_000_000, 1_000_000, Deadline.after(time)));
      int size = batch.result().size();
      over.set(true);
      dripping.result();
      return size;
    }
  }
}
