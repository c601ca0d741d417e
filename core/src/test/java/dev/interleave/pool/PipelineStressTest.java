// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.buffer.BufferClosedException;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.Stress;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Races of those who put, take, close and cancel. */
@NoThreadLeaks(ignoring = PoolKind.CLOCKS)
class PipelineStressTest {
  private static final Duration PATIENCE = Blocker.PATIENCE;
  private static final Duration TIME =
      Duration.ofMillis(Boolean.getBoolean("interleave.thorough") ? 5_000 : 300);

  /** A pipeline with one stage, and what became of a put. */
  private static final class One {
    /** Those that nobody has judged yet: when the time is up, some never are. */
    static final Set<One> OPEN = ConcurrentHashMap.newKeySet();

    final Pipeline<Integer, Integer> pipeline;

    One(boolean ordered) {
      Pipeline.Builder<Integer, Integer> plan =
          Pipeline.<Integer>named("one").stage("work", 1, i -> i);
      pipeline = (ordered ? plan.ordered() : plan).open();
      OPEN.add(this);
    }

    String put() throws InterruptedException {
      try {
        pipeline.put(1);
        return "accepted";
      } catch (BufferClosedException e) {
        return "refused";
      }
    }

    /** All that comes out, after the end of the input. */
    String rest() throws InterruptedException {
      pipeline.close();
      List<Outcome<Integer, Integer>> out = new ArrayList<>();
      String end = "drained";
      try {
        pipeline.takeAll(out::add);
      } catch (CancellationException e) {
        end = "stopped";
      }
      boolean ended = pipeline.awaitEnd(Deadline.after(PATIENCE));
      OPEN.remove(this);
      return out.size() + " out, " + end + (ended ? "" : ", and has not ended");
    }
  }

  @AfterEach
  void closeThoseLeft() {
    for (One one : One.OPEN) {
      assertThat(one.pipeline.close(Duration.ZERO).abandoned()).isEmpty();
    }
    One.OPEN.clear();
  }

  @ParameterizedTest
  @EnumSource
  void closeAgainstPut(ThreadKind kind) throws Exception {
    for (boolean ordered : new boolean[] {false, true}) {
      Stress.on(() -> new One(ordered))
          .actorReturning("puts", One::put)
          .actor("closes", one -> one.pipeline.close())
          .arbiter(One::rest)
          .expect(Stress.outcome("accepted", "1 out, drained"), "before")
          .expect(Stress.outcome("refused", "0 out, drained"), "after")
          .threads(kind)
          .run(TIME)
          .assertHolds();
    }
  }

  @ParameterizedTest
  @EnumSource
  void cancelAgainstPut(ThreadKind kind) throws Exception {
    for (boolean ordered : new boolean[] {false, true}) {
      Stress.on(() -> new One(ordered))
          .actorReturning("puts", One::put)
          .actor("cancels", one -> one.pipeline.cancel(new IllegalStateException("enough")))
          .arbiter(One::rest)
          .expect(Stress.outcome("accepted", "0 out, stopped"), "before")
          .expect(Stress.outcome("refused", "0 out, stopped"), "after")
          .threads(kind)
          .run(TIME)
          .assertHolds();
    }
  }

  /** Several stages, several threads each, some slow, some that fail: order and number are kept. */
  @ParameterizedTest
  @EnumSource
  void orderedOutputUnderManySchedules(ThreadKind kind) throws Exception {
    SplittableRandom random = new SplittableRandom(17);
    for (long start = System.nanoTime(); System.nanoTime() - start < TIME.toNanos(); ) {
      int items = random.nextInt(200);
      int slow = 1 + random.nextInt(9);
      Pipeline<Integer, Integer> pipeline =
          Pipeline.<Integer>named("many")
              .outputCapacity(1 + random.nextInt(3))
              .stage("a", 1 + random.nextInt(4), i -> work(i, slow))
              .ordered()
              .capacity(1 + random.nextInt(4))
              .stage("b", 1 + random.nextInt(4), i -> work(i, 11 - slow))
              .ordered()
              .capacity(1 + random.nextInt(4))
              .open();
      try (Actors actors = new Actors(kind, PATIENCE)) {
        Step<?> puts =
            actors
                .actor("producer")
                .start(() -> {
                  for (int i = 0; i < items; i++) {
                    pipeline.put(i);
                  }
                  pipeline.close();
                });
        List<Integer> order = new ArrayList<>();
        pipeline.takeAll(outcome -> {
          assertThat(outcome.isSuccess()).isEqualTo(outcome.input() % 13 != 5);
          order.add(outcome.input());
        });
        puts.result();
        assertThat(order).isEqualTo(IntStream.range(0, items).boxed().toList());
      }
      assertThat(pipeline.close(PATIENCE).isClean()).isTrue();
    }
  }

  private static Integer work(Integer i, int slow) {
    if (i % slow == 0) {
      LockSupport.parkNanos(20_000);
    }
    if (i % 13 == 5) {
      throw new IllegalArgumentException("unlucky " + i);
    }
    return i;
  }

  /** Whenever it is stopped: what went in came out or is counted as thrown away. */
  @ParameterizedTest
  @EnumSource
  void stopLosesNothingUncounted(ThreadKind kind) throws Exception {
    SplittableRandom random = new SplittableRandom(23);
    for (long start = System.nanoTime(); System.nanoTime() - start < TIME.toNanos(); ) {
      int before = random.nextInt(60);
      Pipeline.Builder<Integer, Integer> plan =
          Pipeline.<Integer>named("stopped")
              .outputCapacity(2)
              .stage("a", 2, i -> work(i, 5))
              .capacity(2);
      Pipeline<Integer, Integer> pipeline =
          (random.nextBoolean() ? plan.ordered() : plan).stage("b", 2, i -> i).capacity(2).open();
      AtomicInteger in = new AtomicInteger();
      AtomicInteger out = new AtomicInteger();
      try (Actors actors = new Actors(kind, PATIENCE)) {
        Step<?> puts =
            actors
                .actor("producer")
                .start(() -> {
                  try {
                    while (true) {
                      pipeline.put(in.get());
                      in.incrementAndGet();
                    }
                  } catch (BufferClosedException e) {
                    // told
                  }
                });
        Step<?> takes =
            actors
                .actor("consumer")
                .start(() -> {
                  try {
                    for (int i = 0; i < before && pipeline.takeOrNull() != null; i++) {
                      out.incrementAndGet();
                    }
                  } catch (CancellationException e) {
                    // told
                  }
                });
        if (random.nextBoolean()) {
          takes.result();
        }
        StopReport report = pipeline.close(Duration.ZERO);
        assertThat(report.abandoned()).isEmpty();
        puts.result();
        takes.result();
      }
      assertThat(pipeline.awaitEnd(Deadline.after(PATIENCE))).isTrue();
      PipelineStats stats = pipeline.stats();
      assertThat(stats.accepted()).isEqualTo(in.get());
      assertThat(stats.delivered()).isEqualTo(out.get());
      assertThat(pipeline.close(Duration.ZERO).discarded()).isEqualTo(in.get() - out.get());
    }
  }
}
