// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.examples.Crew;
import dev.interleave.examples.Expect;
import dev.interleave.lock.BiasedReadWriteLock;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What caches guarded by home-made read-write locks get wrong, and this one must not: the defects
 * of C-34 in the pattern catalogue, and those of C-33, the lock below it, as seen through the
 * cache.
 */
@Timeout(60)
class GuardedCacheTest {
  private final GuardedCache<String, Integer> cache = new GuardedCache<>("test", 3);

  @Test
  void readersDoNotLoseEachOthersCounts() throws InterruptedException {
    int readers = 4;
    int rounds = 20_000;
    cache.put("there", 1);
    CyclicBarrier start = new CyclicBarrier(readers);
    try (Crew crew = new Crew()) {
      for (int r = 0; r < readers; r++) {
        crew.platform(
            "reader-" + r,
            () -> {
              start.await();
              for (int i = 0; i < rounds; i++) {
                assertThat(cache.get("there")).isEqualTo(1);
                assertThat(cache.get("missing")).isNull();
              }
            });
      }
      crew.join();
    }
    GuardedCache.Stats stats = cache.stats();
    assertThat(stats.hits()).isEqualTo((long) readers * rounds);
    assertThat(stats.misses()).isEqualTo((long) readers * rounds);
    assertThat(stats.hitRate()).isEqualTo("50.00 %");
  }

  @Test
  void deletesAreCountedAndThoseOfNothingAreNot() {
    cache.put("a", 1);
    cache.put("b", 2);
    cache.put("c", 3);
    assertThat(cache.remove("a")).isEqualTo(1);
    assertThat(cache.remove("a")).isNull();
    assertThat(cache.stats().deletes()).isEqualTo(1);
    cache.clear();
    cache.clear();
    assertThat(cache.stats()).isEqualTo(new GuardedCache.Stats(0, 0, 3, 3, 0, 0));
  }

  @Test
  @SuppressWarnings("NullAway") // what it forbids is what is tested
  void nullAlwaysMeansAbsent() {
    assertThatNullPointerException().isThrownBy(() -> cache.put("a", null)).withMessage("value");
    assertThatNullPointerException().isThrownBy(() -> cache.put(null, 1)).withMessage("key");
    assertThatNullPointerException().isThrownBy(() -> cache.get(null)).withMessage("key");
    assertThatNullPointerException().isThrownBy(() -> cache.remove(null)).withMessage("key");
    assertThat(cache.get("a")).isNull();
    assertThat(cache.stats()).isEqualTo(new GuardedCache.Stats(0, 1, 0, 0, 0, 0));
  }

  @Test
  void itDoesNotGrowBeyondItsBound() {
    cache.put("a", 1);
    cache.put("b", 2);
    cache.put("c", 3);
    cache.put("a", 4); // there already: nothing has to go, and it stays the eldest
    assertThat(cache.get("a")).isEqualTo(4);
    assertThat(cache.stats().evictions()).isZero();
    cache.put("d", 5);
    assertThat(cache.get("a")).isNull();
    assertThat(cache.get("b")).isEqualTo(2);
    assertThat(cache.get("d")).isEqualTo(5);
    assertThat(cache.stats().evictions()).isEqualTo(1);
    assertThat(cache.stats().size()).isEqualTo(3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GuardedCache<>("none", 0))
        .withMessage("maxSize is less than 1: 0");
  }

  @Test
  void theHitRateIsDefinedBeforeTheFirstRead() {
    assertThat(cache.stats().hitRate()).isEqualTo("100.00 %");
  }

  @Test
  void theLastReaderWakesTheWaitingWriter() throws InterruptedException {
    BiasedReadWriteLock lock = cache.lock();
    CountDownLatch leave = new CountDownLatch(1);
    CyclicBarrier in = new CyclicBarrier(3);
    try (Crew crew = new Crew()) {
      for (int r = 0; r < 2; r++) {
        crew.platform(
            "reader-" + r,
            () -> {
              try (var g = lock.read()) {
                in.await();
                leave.await();
              }
            });
      }
      Thread writer =
          crew.platform(
              "writer",
              () -> {
                in.await();
                cache.put("a", 1);
              });
      Expect.soon("the writer waits", () -> lock.stats().waitingWriters() == 1);
      assertThat(writer.isAlive()).isTrue();
      leave.countDown();
      crew.join();
    }
    assertThat(cache.get("a")).isEqualTo(1);
  }

  @Test
  void aReleaseTooManyIsRefusedAndChangesNothing() {
    BiasedReadWriteLock lock = cache.lock();
    assertThatThrownBy(() -> lock.readLock().unlock())
        .isInstanceOf(IllegalMonitorStateException.class)
        .hasMessageContaining("does not hold the read lock of test");
    assertThatThrownBy(() -> lock.writeLock().unlock())
        .isInstanceOf(IllegalMonitorStateException.class)
        .hasMessageContaining("does not hold the write lock of test");
    cache.put("a", 1);
    assertThat(cache.get("a")).isEqualTo(1);
    assertThat(lock.holders()).isEmpty();
  }

  @Test
  void aStreamOfReadersDoesNotKeepAWriterOut() throws InterruptedException {
    CountDownLatch written = new CountDownLatch(1);
    CyclicBarrier start = new CyclicBarrier(4);
    try (Crew crew = new Crew()) {
      for (int r = 0; r < 3; r++) {
        // Not virtual: these never block, and would leave no carrier to those still at the barrier.
        crew.platform(
            "reader-" + r,
            () -> {
              start.await();
              while (written.getCount() > 0) {
                cache.get("a");
              }
            });
      }
      crew.platform(
          "writer",
          () -> {
            start.await();
            cache.put("a", 1);
            written.countDown();
          });
      crew.join();
    }
    assertThat(cache.get("a")).isEqualTo(1);
  }
}
