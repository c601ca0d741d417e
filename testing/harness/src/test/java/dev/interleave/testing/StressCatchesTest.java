// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Code that is known to be wrong is found out, and the report says how. */
class StressCatchesTest {
  private static final Duration BUDGET = Duration.ofSeconds(10);
  private static final Duration HANG = Duration.ofMillis(400);

  @ParameterizedTest
  @EnumSource
  void lostUpdate(ThreadKind kind) throws Exception {
    StressReport report =
        Stress.on(PlainCounter::new)
            .actor("a", PlainCounter::increment)
            .actor("b", PlainCounter::increment)
            .arbiter(PlainCounter::get)
            .expect(2, "both counted")
            .forbid(1, "lost update")
            .threads(kind)
            .failFast()
            .run(BUDGET);
    assertThat(report.holds()).isFalse();
    assertThat(report.count(1)).isPositive();
    assertThatThrownBy(report::assertHolds)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("lost update")
        .hasMessageContaining("seed " + report.seed());
  }

  @ParameterizedTest
  @EnumSource
  void checkThenAct(ThreadKind kind) throws Exception {
    StressReport report =
        Stress.on(LazyMap::new)
            .actorReturning("a", map -> map.get("key"))
            .actorReturning("b", map -> map.get("key"))
            .arbiter(map -> map.created)
            .invariant("created once", map -> map.created <= 1)
            .unlisted(StressReport.Kind.EXPECTED)
            .threads(kind)
            .failFast()
            .run(BUDGET);
    assertThat(report.count(new Stress.Violated("created once"))).isPositive();
    assertThat(report.holds()).isFalse();
  }

  /** With sync points between its steps, the reader may see the reference before what it holds. */
  @ParameterizedTest
  @EnumSource
  void referenceIsPublishedBeforeItsContent(ThreadKind kind) throws Exception {
    StressReport report =
        Stress.on(EarlyBird::new)
            .actor("writer", EarlyBird::publish)
            .actorReturning("reader", EarlyBird::read)
            .expect("nothing", "too early")
            .expect(42, "published")
            .forbid(0, "published before it was complete")
            .threads(kind)
            .failFast()
            .run(BUDGET);
    assertThat(report.count(0)).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void bufferWhoseProducerDoesNotLookAgain(ThreadKind kind) throws Exception {
    StressReport report =
        Stress.on(OverflowingBuffer::new)
            .actor(
                "p",
                buffer -> {
                  buffer.put(1);
                  buffer.put(2);
                })
            .actor("q", buffer -> buffer.put(3))
            .actor(
                "t",
                buffer -> {
                  buffer.take();
                  buffer.take();
                })
            .invariant("capacity", buffer -> buffer.highest <= 1)
            .threads(kind)
            .hangAfter(HANG)
            .failFast()
            .run(BUDGET);
    assertThat(report.count(new Stress.Violated("capacity"))).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void deadlock(ThreadKind kind) throws Exception {
    StressReport report =
        Stress.on(Abba::new)
            .actor("ab", Abba::ab)
            .actor("ba", Abba::ba)
            .threads(kind)
            .hangAfter(HANG)
            .abandonAfter(BUDGET)
            .run(BUDGET);
    StressReport.Hang hang = requireNonNull(report.hang(), "hang");
    assertThat(hang.stuck()).containsExactly("ab", "ba");
    assertThat(hang.abandoned()).isEmpty();
    assertThat(hang.actors().get(0)).contains("\"ab\" acts", "ReentrantLock", "Abba.ab");
    assertThat(hang.actors().get(1)).contains("\"ba\" acts", "ReentrantLock", "Abba.ba");
    assertThat(hang.threads()).contains("stress-ab", "stress-ba", "Abba.ab", "Abba.ba");
    assertThat(report.holds()).isFalse();
    assertThatThrownBy(report::assertHolds).hasMessageContaining("HUNG");
  }

  /** An actor that cannot be interrupted is left behind, and the run ends all the same. */
  @ParameterizedTest
  @EnumSource
  void hangThatIgnoresInterrupts(ThreadKind kind) throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    StressReport report =
        Stress.on(Object::new)
            .actor(
                "deaf",
                subject -> {
                  while (end.getCount() > 0) {
                    LockSupport.park();
                    Thread.interrupted();
                  }
                })
            .actor("quick", subject -> {})
            .threads(kind)
            .hangAfter(HANG)
            .run(BUDGET);
    end.countDown();
    StressReport.Hang hang = requireNonNull(report.hang(), "hang");
    assertThat(hang.stuck()).containsExactly("deaf");
    assertThat(hang.abandoned()).containsExactly("deaf");
    assertThat(report.toString()).contains("left behind: deaf");
  }

  @ParameterizedTest
  @EnumSource
  void interruptThatIsSwallowed(ThreadKind kind) throws Exception {
    StressReport report =
        Stress.on(CountDownLatch1::new)
            .actor("waiter", CountDownLatch1::awaitAndForget)
            .actor("opener", CountDownLatch1::open)
            .perturb(Perturbation.values())
            .threads(kind)
            .failFast()
            .run(BUDGET);
    assertThat(report.count(new Stress.Swallowed("waiter"))).isPositive();
    assertThat(report.holds()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void parkThatTakesEveryWakeUpForItsOwn(ThreadKind kind) throws Exception {
    StressReport report =
        Stress.on(Handoff::new)
            .actor("giver", Handoff::give)
            .actorReturning("taker", Handoff::take)
            .expect("gift", "handed over")
            .forbid(null, "woken up for no reason")
            .threads(kind)
            .failFast()
            .run(BUDGET);
    assertThat(report.count(null)).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void whatAnActorThrows(ThreadKind kind) throws Exception {
    StressReport report =
        Stress.on(ArrayDeque<Integer>::new)
            .setup(queue -> queue.add(1))
            .actorReturning("a", StressCatchesTest::pollIfAny)
            .actorReturning("b", StressCatchesTest::pollIfAny)
            .expect(Stress.outcome(1, null), "a was first")
            .expect(Stress.outcome(null, 1), "b was first")
            .interesting(Stress.outcome(1, 1), "both")
            .threads(kind)
            .failFast()
            .run(BUDGET);
    assertThat(report.seenForbidden())
        .isNotEmpty()
        .anySatisfy(outcome -> {
          assertThat(String.valueOf(outcome.value())).contains("NoSuchElementException");
          assertThat(outcome.failure()).hasStackTraceContaining("pollIfAny");
        });
    assertThatThrownBy(report::assertHolds).hasRootCauseInstanceOf(RuntimeException.class);
  }

  private static @Nullable Integer pollIfAny(Queue<Integer> queue) {
    if (queue.isEmpty()) {
      return null;
    }
    Stress.sync("not empty");
    return queue.remove();
  }

  private static final class PlainCounter {
    private int value;

    void increment() {
      int read = value;
      Stress.sync("read");
      value = read + 1;
    }

    int get() {
      return value;
    }
  }

  /** A cache that looks and creates in two steps. */
  private static final class LazyMap {
    private final Map<String, Object> values = new HashMap<>();
    private int created;

    Object get(String key) {
      Object known;
      synchronized (values) {
        known = values.get(key);
      }
      if (known != null) {
        return 1;
      }
      Stress.sync("absent");
      synchronized (values) {
        created++;
        values.put(key, new Object());
      }
      return 1;
    }
  }

  private static final class EarlyBird {
    private int value;
    private volatile boolean published;

    void publish() {
      published = true;
      Stress.sync("published");
      value = 42;
    }

    Object read() {
      return published ? value : "nothing";
    }
  }

  /** Capacity 1; a producer that was woken up does not look again whether there is room. */
  private static final class OverflowingBuffer {
    private final Queue<Integer> items = new ArrayDeque<>();
    private int highest;

    @SuppressWarnings("WaitNotInLoop") // that is what is wrong
    synchronized void put(int item) throws InterruptedException {
      if (items.size() == 1) {
        wait();
      }
      items.add(item);
      highest = Math.max(highest, items.size());
      notifyAll();
    }

    synchronized int take() throws InterruptedException {
      while (items.isEmpty()) {
        wait();
      }
      int item = items.remove();
      notifyAll();
      return item;
    }
  }

  private static final class Abba {
    private final ReentrantLock a = new ReentrantLock();
    private final ReentrantLock b = new ReentrantLock();

    void ab() throws InterruptedException {
      both(a, b);
    }

    void ba() throws InterruptedException {
      both(b, a);
    }

    private static void both(ReentrantLock first, ReentrantLock second)
        throws InterruptedException {
      first.lockInterruptibly();
      try {
        Stress.sync("has one");
        second.lockInterruptibly();
        second.unlock();
      } finally {
        first.unlock();
      }
    }
  }

  private static final class CountDownLatch1 {
    private final CountDownLatch latch = new CountDownLatch(1);

    @SuppressWarnings("EmptyCatch") // that is what is wrong
    void awaitAndForget() {
      try {
        latch.await();
      } catch (InterruptedException forgotten) {
        // that is what is wrong
      }
    }

    void open() {
      latch.countDown();
    }
  }

  /** Waits for a gift, and does not look whether there is one when it wakes up. */
  private static final class Handoff {
    private volatile @Nullable Thread taker;
    private volatile @Nullable String gift;

    void give() {
      Stress.sync("about to give");
      gift = "gift";
      LockSupport.unpark(taker);
    }

    @Nullable String take() {
      taker = Thread.currentThread();
      if (gift == null) {
        LockSupport.park(this);
      }
      return gift;
    }
  }
}
