// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.lock.BiasedReadWriteLock;
import dev.interleave.lock.OrderedLockManager;
import dev.interleave.lock.ResettableEvent;
import dev.interleave.lock.WatchedLock;
import dev.interleave.pool.MonitoredPool;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Virtual threads that wait for the longest time there is keep nobody else from waking up. Before
 * JDK 25 they did, see {@link Deadline#MAX_NANOS}: on such a JDK this finds it, by chance, in some
 * seconds, and then all tests after it fail that wait in virtual threads.
 */
@SuppressWarnings({"ThreadPriorityCheck", "WaitNotInLoop"}) // each wait is followed by the next
class LongestWaitTest {
  private static final long LONGEST = Long.MAX_VALUE;
  private static final Duration FOR =
      Duration.ofMillis(Boolean.getBoolean("interleave.thorough") ? 5_000 : 200);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final List<Thread> waiters = new ArrayList<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean over;

  private interface Wait {
    void run() throws Exception;
  }

  /** Waits again and again, until it is over; each time somebody else ends it. */
  private void wait(Wait wait) {
    waiters.add(
        Thread.ofVirtual()
            .start(() -> {
              while (!over) {
                try {
                  wait.run();
                } catch (InterruptedException e) {
                  // The next one.
                } catch (Throwable e) {
                  failures.add(e);
                  return;
                }
              }
            }));
  }

  @Test
  void forALock() throws Exception {
    BiasedReadWriteLock table = new BiasedReadWriteLock();
    WatchedLock watched = new WatchedLock();
    Lock key = OrderedLockManager.<String>natural().lock("prices");
    table.writeLock().lock();
    watched.lock();
    key.lock();
    try {
      for (Lock lock : List.of(table.writeLock(), table.readLock(), watched, key)) {
        wait(() -> assertThat(lock.tryLock(LONGEST, TimeUnit.NANOSECONDS)).isFalse());
      }
      disturbsNobody();
    } finally {
      key.unlock();
      watched.unlock();
      table.writeLock().unlock();
    }
  }

  @Test
  void forASignal() throws Exception {
    Date last = Date.from(Instant.ofEpochMilli(LONGEST));
    for (Lock lock :
        List.of(
            new BiasedReadWriteLock().writeLock(),
            new WatchedLock(),
            OrderedLockManager.<String>natural().lock("prices"))) {
      Condition condition = lock.newCondition();
      wait(() -> withLock(lock, () -> condition.awaitNanos(LONGEST)));
      wait(() -> withLock(lock, () -> condition.await(LONGEST, TimeUnit.NANOSECONDS)));
      wait(() -> withLock(lock, () -> condition.awaitUntil(last)));
    }
    disturbsNobody();
  }

  private static void withLock(Lock lock, Wait wait) throws Exception {
    lock.lock();
    try {
      wait.run();
    } finally {
      lock.unlock();
    }
  }

  @Test
  void forAnEvent() throws Exception {
    ResettableEvent event = new ResettableEvent();
    for (int i = 0; i < 4; i++) {
      wait(() -> assertThat(event.await(LONGEST, TimeUnit.NANOSECONDS)).isFalse());
    }
    disturbsNobody();
  }

  @Test
  void forATask() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (MonitoredPool pool = MonitoredPool.builder("jobs").threads(1, 1).build()) {
      Future<?> task =
          pool.submit(() -> {
            end.await();
            return null;
          });
      wait(() -> task.get(LONGEST, TimeUnit.NANOSECONDS));
      wait(() -> pool.invokeAny(List.of(() -> 1), LONGEST, TimeUnit.NANOSECONDS));
      wait(() -> assertThat(pool.awaitTermination(LONGEST, TimeUnit.NANOSECONDS)).isFalse());
      try {
        disturbsNobody();
      } finally {
        end.countDown();
      }
    }
  }

  private void disturbsNobody() throws Exception {
    try {
      int sleepers = 8;
      CountDownLatch done = new CountDownLatch(sleepers);
      long end = System.nanoTime() + FOR.toNanos();
      for (int i = 0; i < sleepers; i++) {
        Thread.ofVirtual()
            .start(() -> {
              while (System.nanoTime() < end) {
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(1, 20_000));
              }
              done.countDown();
            });
      }
      while (System.nanoTime() < end) {
        waiters.forEach(LockSupport::unpark); // for no reason, so each begins to wait anew
      }
      assertThat(done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as("all virtual threads wake up when their time is over")
          .isTrue();
    } finally {
      over = true;
      waiters.forEach(Thread::interrupt);
      for (Thread waiter : waiters) {
        assertThat(waiter.join(PATIENCE)).isTrue();
      }
    }
    assertThat(failures).isEmpty();
  }
}
