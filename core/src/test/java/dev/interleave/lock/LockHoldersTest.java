// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.lock.BiasedReadWriteLock.Preference;
import dev.interleave.testing.contract.ThreadKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is said to hold the lock, and in how many words. */
class LockHoldersTest {
  private final BiasedReadWriteLock lock = BiasedReadWriteLock.builder().name("prices").build();

  private void arm() {
    for (int i = 0; i < BiasRule.ARM_AFTER; i++) {
      lock.read().close();
    }
    assertThat(lock.stats().biased()).isTrue();
  }

  /** Reads in {@code threads} until the latch opens. */
  private CountDownLatch holdIn(List<Thread> threads, Thread.Builder builder, int readers)
      throws InterruptedException {
    CountDownLatch in = new CountDownLatch(readers);
    CountDownLatch leave = new CountDownLatch(1);
    for (int i = 0; i < readers; i++) {
      threads.add(builder.start(holding(in, leave)));
    }
    in.await();
    return leave;
  }

  private Runnable holding(CountDownLatch in, CountDownLatch leave) {
    return () -> {
      try (var g = lock.read()) {
        in.countDown();
        leave.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    };
  }

  private static void end(List<Thread> threads, CountDownLatch leave) throws InterruptedException {
    leave.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** The message named every holder, and each look at them was quadratic. */
  @Test
  void timeoutAmongManyReadersIsShort() throws Exception {
    List<Thread> threads = new ArrayList<>();
    CountDownLatch leave = holdIn(threads, Thread.ofVirtual().name("reader-", 0), 5_000);
    assertThatExceptionOfType(LockTimeoutException.class)
        .isThrownBy(() -> lock.write(Deadline.after(Duration.ofMillis(1))))
        .withMessageContaining(" and 4984 more")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(2_000))
        .satisfies(e -> assertThat(e.holders()).hasSize(5_000));
    assertThat(lock.toString()).contains(" and 4984 more").hasSizeLessThan(2_000);
    end(threads, leave);
    assertThat(lock).hasToString("BiasedReadWriteLock[prices, free]");
  }

  /** A reader that a pending writer keeps out was told only of the readers who do not. */
  @ParameterizedTest
  @EnumSource
  void aReaderThatTimesOutIsToldWhoIsNext(ThreadKind kind) throws Exception {
    Guard reading = lock.read();
    Runnable writing = () -> lock.write().close();
    Thread writer =
        (kind == ThreadKind.VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform())
            .name("importer")
            .start(writing);
    while (lock.stats().waitingWriters() == 0) {
      Thread.onSpinWait();
    }
    FutureTask<Throwable> late =
        new FutureTask<>(
            () -> catchThrowable(() -> lock.read(Deadline.after(Duration.ofMillis(1)))));
    Thread.ofPlatform().start(late);
    assertThat(late.get())
        .isInstanceOfSatisfying(LockTimeoutException.class, e -> assertThat(e.holders()).hasSize(1))
        .hasMessageContaining("held for [READ by thread ")
        .hasMessageEndingWith(", and %s is next to write", LockHolder.describe(writer));
    reading.close();
    writer.join();
  }

  /** A slot is taken before it is named. */
  @ParameterizedTest
  @EnumSource
  void aReaderThatArrivesIsNotReportedDead(ThreadKind kind) throws Exception {
    arm();
    AtomicBoolean stop = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 40; i++) { // more than slots: they take them from each other
      Runnable reading =
          () -> {
            while (!stop.get()) {
              lock.read().close();
            }
          };
      threads.add(
          (kind == ThreadKind.VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform()).start(reading));
    }
    for (int i = 0; i < 20_000; i++) {
      assertThat(lock.holders()).noneMatch(LockHolder::isDead);
    }
    stop.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(lock.holders()).isEmpty();
  }

  @Test
  void aHolderThatDiedIsReportedAsEndedAfterItIsCollected() throws Exception {
    arm();
    Runnable dying =
        () -> {
          lock.read().close(); // by the counter: the next goes through a slot
          lock.readLock().lock();
        };
    Thread.ofPlatform().name("gone").start(dying).join();
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (lock.holders().get(0).thread() != null && System.nanoTime() - end < 0) {
      System.gc();
    }
    assertThat(lock.holders())
        .singleElement()
        .satisfies(holder -> {
          assertThat(holder.thread()).isNull();
          assertThat(holder.isDead()).isTrue();
          assertThat(holder.toString()).contains("\"gone\"").contains("which has ended");
        });
  }

  /** Not one of them can be reached through the lock, whichever way it came in. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void virtualThreadsThatHaveReadLeaveNothingBehind(boolean biased) throws Exception {
    BiasedReadWriteLock read = BiasedReadWriteLock.builder().name("prices").biased(biased).build();
    List<WeakReference<Thread>> gone = new ArrayList<>();
    for (int round = 0; round < 100; round++) {
      List<Thread> together = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        together.add(Thread.ofVirtual().start(() -> read.read().close()));
      }
      for (Thread thread : together) {
        thread.join();
        gone.add(new WeakReference<>(thread));
      }
    }
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (gone.stream().anyMatch(thread -> thread.get() != null) && System.nanoTime() - end < 0) {
      System.gc();
    }
    assertThat(gone).allMatch(thread -> thread.get() == null);
    assertThat(read.holders()).isEmpty();
    assertThat(read.stats().reads()).isPositive();
  }

  /** Threads that think themselves equal. */
  private static final class Twin extends Thread {
    Twin(Runnable body) {
      super(body);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Twin;
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  @Test
  void readersThatAreEqualAreStillTwo() throws Exception {
    int readers = 300; // more than there are slots
    CountDownLatch in = new CountDownLatch(readers);
    CountDownLatch leave = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < readers; i++) {
      Thread twin = new Twin(holding(in, leave));
      threads.add(twin);
      twin.start();
    }
    in.await();
    assertThat(lock.holders()).hasSize(readers).allMatch(holder -> holder.holds() == 1);
    assertThat(lock.writeLock().tryLock()).isFalse();
    end(threads, leave);
    lock.write().close();
    assertThat(lock.holders()).isEmpty();
  }

  /**
   * A thread whose hold lies behind LEFT, where a pending writer that gave up has left it for the
   * next one in line, is a reader still.
   */
  @ParameterizedTest
  @EnumSource
  void upgradeByTryLockIsRefusedWhateverAWriterLeftBehind(ThreadKind kind) throws Exception {
    BiasedReadWriteLock fair = BiasedReadWriteLock.builder().preference(Preference.FAIR).build();
    Thread.Builder builder = kind == ThreadKind.VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform();
    for (int round = 0; round < 100; round++) {
      for (int i = 0; i < 2 * BiasRule.ARM_AFTER; i++) {
        fair.read().close();
      }
      FutureTask<Boolean> givesUp =
          new FutureTask<>(() -> {
            try (var g = fair.write(Deadline.none())) {
              return false;
            } catch (InterruptedException e) {
              return true;
            }
          });
      FutureTask<Boolean> waits =
          new FutureTask<>(() -> {
            try (var g = fair.write()) {
              return true;
            }
          });
      try (var g = fair.read()) {
        Thread first = builder.start(givesUp);
        awaitWriters(fair, 1);
        builder.start(waits);
        awaitWriters(fair, 2);
        first.interrupt();
        while (!givesUp.isDone()) {
          assertThatExceptionOfType(LockUpgradeException.class)
              .isThrownBy(() -> fair.writeLock().tryLock());
        }
        assertThatExceptionOfType(LockUpgradeException.class)
            .isThrownBy(() -> fair.writeLock().tryLock());
        assertThat(givesUp.get()).isTrue();
      }
      assertThat(waits.get()).isTrue();
    }
    assertThat(fair.holders()).isEmpty();
  }

  private static void awaitWriters(BiasedReadWriteLock lock, int count) {
    while (lock.stats().waitingWriters() < count) {
      Thread.onSpinWait();
    }
  }

  @Test
  void exceptionsSurviveSerialization() throws Exception {
    LockHolder holder = LockHolder.of(Thread.currentThread(), LockHolder.Mode.READ, 1);
    LockUpgradeException upgrade = copy(new LockUpgradeException("prices", holder));
    assertThat(upgrade).hasMessageContaining("prices");
    assertThat(upgrade.holder().thread()).isNull();
    assertThat(upgrade.holder().threadId()).isEqualTo(holder.threadId());
    assertThat(upgrade.holder().threadName()).isEqualTo(holder.threadName());
    LockTimeoutException timeout =
        copy(
            new LockTimeoutException(
                "prices", LockHolder.Mode.WRITE, Duration.ofMillis(1), List.of(holder)));
    assertThat(timeout).hasMessageContaining(Thread.currentThread().getName());
    assertThat(timeout.holders()).isEmpty();
  }

  private static <T> T copy(T object) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      @SuppressWarnings("unchecked") // of the same class
      T read = (T) in.readObject();
      return read;
    }
  }

  @Test
  void aHolderHoldsAtLeastOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LockHolder.of(Thread.currentThread(), LockHolder.Mode.READ, 0))
        .withMessage("holds is less than 1: 0");
  }
}
