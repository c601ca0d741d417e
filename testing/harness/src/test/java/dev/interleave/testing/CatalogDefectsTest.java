// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The defects of the locks, buffers, caches and counters that this library is to be better than,
 * re-created: {@code Stress} finds each within its ten seconds. There are no sync points in them,
 * but where the original is known to fail only when its window is widened, or the word of a lock
 * keeps the actors apart while the machine is busy. The numbers are those of the pattern catalogue.
 */
class CatalogDefectsTest {
  private static final Duration BUDGET = Duration.ofSeconds(10);
  private static final Duration HANG = Duration.ofSeconds(1);

  /** C-33: readers and writers enter under two different locks. */
  @ParameterizedTest
  @EnumSource
  void readerAndWriterAreInTogether(ThreadKind kind) throws Exception {
    StressReport report =
        Stress.on(() -> new TwoConditionsReadWriteLock(true))
            .actorReturning(
                "reader",
                lock -> {
                  lock.acquireRead();
                  int left = lock.left;
                  Stress.sync("left read");
                  int difference = left - lock.right;
                  lock.releaseRead();
                  return difference;
                })
            .actor(
                "writer",
                lock -> {
                  lock.acquireWrite();
                  lock.left++;
                  Stress.sync("left written");
                  lock.right++;
                  lock.releaseWrite();
                })
            .expect(0, "before or after the write")
            .forbid(1, "half a write")
            .forbid(-1, "half a write")
            .threads(kind)
            .hangAfter(HANG)
            .failFast()
            .run(BUDGET);
    assertThat(report.count(1) + report.count(-1)).as(report::toString).isPositive();
  }

  /** C-33: the last reader wakes the readers, who do not wait, and not the writer, who does. */
  @ParameterizedTest
  @EnumSource
  void lastReaderWakesNoWriter(ThreadKind kind) throws Exception {
    StressReport report =
        Stress.on(() -> new TwoConditionsReadWriteLock(false))
            .actor(
                "reader",
                lock -> {
                  lock.acquireRead();
                  Thread.onSpinWait();
                  lock.releaseRead();
                })
            .actor(
                "writer",
                lock -> {
                  lock.acquireWrite();
                  lock.releaseWrite();
                })
            .threads(kind)
            .hangAfter(HANG)
            .run(BUDGET);
    assertThat(requireNonNull(report.hang(), report.toString()).stuck()).containsExactly("writer");
  }

  /** C-12: one condition for two predicates, and a signal for one of those who wait. */
  @ParameterizedTest
  @EnumSource
  void signalGoesToTheWrongKind(ThreadKind kind) throws Exception {
    Stress<OneConditionBuffer> stress =
        Stress.on(OneConditionBuffer::new).threads(kind).hangAfter(HANG);
    for (int i = 0; i < 4; i++) {
      int item = i;
      stress.actor("producer " + i, buffer -> buffer.produce(item));
      stress.actor("consumer " + i, OneConditionBuffer::consume);
    }
    StressReport report = stress.run(BUDGET);
    assertThat(requireNonNull(report.hang(), report.toString()).stuck()).hasSizeGreaterThan(1);
  }

  /** C-16: to look for room, to make room and to insert are three steps. */
  @ParameterizedTest
  @EnumSource
  void cacheGrowsBeyondItsCapacity(ThreadKind kind) throws Exception {
    StressReport report =
        Stress.on(StepwiseCache::new)
            .setup(cache -> cache.put("old", 0))
            .actor("a", cache -> cache.put("a", 1))
            .actor("b", cache -> cache.put("b", 2))
            .invariant("capacity", cache -> cache.entries.size() <= StepwiseCache.CAPACITY)
            .threads(kind)
            .failFast()
            .run(BUDGET);
    assertThat(report.count(new Stress.Violated("capacity"))).as(report::toString).isPositive();
  }

  /** C-16: who misses loads, each for himself. */
  @ParameterizedTest
  @EnumSource
  void missIsLoadedTwice(ThreadKind kind) throws Exception {
    StressReport report =
        Stress.on(StepwiseCache::new)
            .actor("a", cache -> cache.getOrLoad("key"))
            .actor("b", cache -> cache.getOrLoad("key"))
            .arbiter(cache -> cache.loads.size())
            .expect(1, "loaded once")
            .forbid(2, "stampede")
            .threads(kind)
            .failFast()
            .run(BUDGET);
    assertThat(report.count(2)).as(report::toString).isPositive();
  }

  /** C-34: readers count their hits under the lock that they share. */
  @ParameterizedTest
  @EnumSource
  void hitsAreLostUnderTheReadLock(ThreadKind kind) throws Exception {
    StressReport report =
        Stress.on(CountingReaders::new)
            .actor("a", CountingReaders::get)
            .actor("b", CountingReaders::get)
            .arbiter(cache -> cache.hits)
            .expect(2, "both counted")
            .forbid(1, "lost hit")
            .threads(kind)
            .failFast()
            .run(BUDGET);
    assertThat(report.count(1)).as(report::toString).isPositive();
  }

  /** C-31: to increment is to read, to add and to write. */
  @ParameterizedTest
  @EnumSource
  void incrementIsLost(ThreadKind kind) throws Exception {
    StressReport report =
        Stress.on(() -> new int[1])
            .actor("a", counter -> counter[0]++)
            .actor("b", counter -> counter[0]++)
            .arbiter(counter -> counter[0])
            .expect(2, "both counted")
            .forbid(1, "lost update")
            .threads(kind)
            .failFast()
            .run(BUDGET);
    assertThat(report.count(1)).as(report::toString).isPositive();
  }

  /** C-36: the counter's thread looks whether it was stopped before it looks what is left to do. */
  @ParameterizedTest
  @EnumSource
  void stopDropsWhatIsQueued(ThreadKind kind) throws Exception {
    StressReport report =
        Stress.on(QueueCounter::new)
            .actor("worker", QueueCounter::work)
            .actor(
                "caller",
                counter -> {
                  counter.increment();
                  counter.increment();
                  counter.stop();
                })
            .arbiter(counter -> counter.value)
            .expect(2, "all applied")
            .forbid(1, "one dropped")
            .forbid(0, "both dropped")
            .threads(kind)
            .failFast()
            .run(BUDGET);
    assertThat(report.count(1) + report.count(0)).as(report::toString).isPositive();
  }

  private static final class TwoConditionsReadWriteLock {
    private final Object readersMonitor = new Object();
    private final Object writersMonitor = new Object();
    private volatile int readers;
    private volatile boolean writing;
    private final boolean wakesUp;
    int left;
    int right;

    /** Waits look again now and then, or one defect hides the other. */
    TwoConditionsReadWriteLock(boolean wakesUp) {
      this.wakesUp = wakesUp;
    }

    void acquireRead() throws InterruptedException {
      synchronized (readersMonitor) {
        while (writing) {
          readersMonitor.wait(1);
        }
        Stress.sync("seen unwritten");
        readers++;
      }
    }

    void releaseRead() {
      synchronized (readersMonitor) {
        readers--;
        if (readers == 0) {
          readersMonitor.notifyAll();
        }
      }
    }

    void acquireWrite() throws InterruptedException {
      synchronized (writersMonitor) {
        while (writing || readers > 0) {
          writersMonitor.wait(wakesUp ? 1 : 0);
        }
        Stress.sync("seen free"); // some nanoseconds wide otherwise
        writing = true;
      }
    }

    void releaseWrite() {
      synchronized (writersMonitor) {
        writing = false;
        writersMonitor.notifyAll();
      }
    }
  }

  private static final class OneConditionBuffer {
    private final Queue<Integer> items = new ArrayDeque<>();

    synchronized void produce(int item) throws InterruptedException {
      while (!items.isEmpty()) {
        wait();
      }
      items.add(item);
      notify();
    }

    synchronized void consume() throws InterruptedException {
      while (items.isEmpty()) {
        wait();
      }
      items.remove();
      notify();
    }
  }

  private static final class StepwiseCache {
    static final int CAPACITY = 1;

    final Map<String, Integer> entries = Collections.synchronizedMap(new LinkedHashMap<>());
    final List<String> loads = Collections.synchronizedList(new ArrayList<>());

    void put(String key, int value) {
      if (entries.size() >= CAPACITY) {
        synchronized (entries) {
          entries.keySet().stream().findFirst().ifPresent(entries::remove);
        }
      }
      entries.put(key, value);
    }

    int getOrLoad(String key) {
      Integer known = entries.get(key);
      if (known != null) {
        return known;
      }
      loads.add(key);
      put(key, 1);
      return 1;
    }
  }

  private static final class CountingReaders {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private int hits;

    void get() {
      lock.readLock().lock();
      try {
        int read = hits;
        Stress.sync("hits read");
        hits = read + 1;
      } finally {
        lock.readLock().unlock();
      }
    }
  }

  private static final class QueueCounter {
    private final BlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean running = true;
    private int value;

    void increment() {
      queue.add(1);
    }

    void stop() {
      running = false;
      queue.add(0);
    }

    void work() throws InterruptedException {
      while (running) {
        int step = queue.take();
        lock.lock();
        try {
          value += step;
        } finally {
          lock.unlock();
        }
      }
    }
  }
}
