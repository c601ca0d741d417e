// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the JDK's own types do in real races is linearizable, waiting and timed calls included. */
class RecordedHistoriesTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");
  private static final int HISTORIES = THOROUGH ? 500 : 15;
  private static final int CALLS = 150;
  private static final int THREADS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** One of the calls that a thread makes; it gets a number that no other call gets. */
  @FunctionalInterface
  private interface Calls {
    void make(HistoryRecorder recorder, Random random, int unique) throws Exception;

    /** Calls that wait for those of others without a limit; all together, they go on. */
    default void makeWaiting(HistoryRecorder recorder, int racer, int unique) throws Exception {
      make(recorder, new Random(unique), unique);
    }
  }

  private static void hold(ThreadKind kind, Model<?> model, Supplier<Calls> subject)
      throws Exception {
    for (int i = 0; i < HISTORIES; i++) {
      Linearizability.of(model)
          .budget(PATIENCE)
          .check(record(kind, i, subject.get()))
          .assertHolds();
    }
  }

  private static History record(ThreadKind kind, long seed, Calls calls) throws Exception {
    HistoryRecorder recorder = History.recorder();
    AtomicInteger unique = new AtomicInteger();
    try (Actors actors = new Actors(kind, PATIENCE)) {
      boolean waiting = seed % 2 == 1;
      var racers = actors.actors(THREADS, "t");
      actors.race(
          racers,
          Duration.ofNanos(1),
          (racer, round) -> {
            Random random = new Random(seed * THREADS + racer);
            for (int i = 0; i < CALLS; i++) {
              if (waiting) {
                calls.makeWaiting(recorder, racer, unique.getAndIncrement());
              } else {
                calls.make(recorder, random, unique.getAndIncrement());
              }
            }
          });
    }
    History history = recorder.history();
    assertThat(history.operations()).hasSizeGreaterThanOrEqualTo(CALLS * THREADS);
    return history;
  }

  private record QueueCalls(BlockingQueue<Integer> queue) implements Calls {

    @Override
    public void make(HistoryRecorder recorder, Random random, int item)
        throws InterruptedException {
      switch (random.nextInt(9)) {
        case 0, 1 ->
            recorder.call("timedOffer", item, () -> queue.offer(item, 50, TimeUnit.MICROSECONDS));
        case 2 -> recorder.call("offer", item, () -> queue.offer(item));
        case 3, 4 -> recorder.call("timedPoll", () -> queue.poll(50, TimeUnit.MICROSECONDS));
        case 5 -> recorder.call("poll", () -> queue.poll());
        case 6 -> recorder.call("peek", () -> queue.peek());
        case 7 -> recorder.call("size", () -> queue.size());
        default -> recorder.call("remainingCapacity", () -> queue.remainingCapacity());
      }
    }

    /** As many put as take, equally often. */
    @Override
    public void makeWaiting(HistoryRecorder recorder, int racer, int item)
        throws InterruptedException {
      if (racer % 2 == 0) {
        recorder.run("put", item, () -> queue.put(item));
      } else {
        recorder.call("take", () -> queue.take());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void arrayBlockingQueue(ThreadKind kind) throws Exception {
    hold(
        kind,
        Models.queue(THREADS + 1),
        () -> new QueueCalls(new ArrayBlockingQueue<>(THREADS + 1)));
  }

  @ParameterizedTest
  @EnumSource
  void linkedBlockingQueue(ThreadKind kind) throws Exception {
    hold(
        kind,
        Models.queue(THREADS + 1),
        () -> new QueueCalls(new LinkedBlockingQueue<>(THREADS + 1)));
  }

  @ParameterizedTest
  @EnumSource
  void priorityBlockingQueue(ThreadKind kind) throws Exception {
    Comparator<Integer> mixed = Comparator.comparingInt(item -> item ^ 0x55);
    hold(
        kind,
        Models.priorityQueue(mixed),
        () -> new QueueCalls(new PriorityBlockingQueue<>(11, mixed)));
  }

  @ParameterizedTest
  @EnumSource
  void concurrentLinkedQueue(ThreadKind kind) throws Exception {
    hold(
        kind,
        Models.queue(),
        () -> {
          ConcurrentLinkedQueue<Integer> queue = new ConcurrentLinkedQueue<>();
          return (recorder, random, unique) -> {
            switch (random.nextInt(5)) {
              case 0, 1 -> recorder.call("offer", unique, () -> queue.offer(unique));
              case 2, 3 -> recorder.call("poll", () -> queue.poll());
              default -> recorder.call("peek", () -> queue.peek());
            }
          };
        });
  }

  @ParameterizedTest
  @EnumSource
  void concurrentLinkedDequeAsAStack(ThreadKind kind) throws Exception {
    hold(
        kind,
        Models.stack(),
        () -> {
          ConcurrentLinkedDeque<Integer> stack = new ConcurrentLinkedDeque<>();
          return (recorder, random, unique) -> {
            if (random.nextBoolean()) {
              recorder.run("push", unique, () -> stack.push(unique));
            } else {
              recorder.call("poll", () -> stack.poll());
            }
          };
        });
  }

  @ParameterizedTest
  @EnumSource
  void reentrantLock(ThreadKind kind) throws Exception {
    hold(
        kind,
        Models.lock(),
        () -> {
          ReentrantLock lock = new ReentrantLock();
          return (recorder, random, unique) -> {
            if (acquire(lock, recorder, random)) {
              boolean twice = recorder.call("tryLock", () -> lock.tryLock());
              recorder.call("isHeldByCurrentThread", () -> lock.isHeldByCurrentThread());
              if (twice) {
                recorder.run("unlock", () -> lock.unlock());
              }
              recorder.run("unlock", () -> lock.unlock());
            } else {
              recorder.call("isLocked", () -> lock.isLocked());
            }
          };
        });
  }

  private static boolean acquire(ReentrantLock lock, HistoryRecorder recorder, Random random)
      throws InterruptedException {
    return switch (random.nextInt(3)) {
      case 0 -> {
        recorder.run("lock", () -> lock.lock());
        yield true;
      }
      case 1 -> recorder.call("tryLock", () -> lock.tryLock());
      default -> recorder.call("timedTryLock", () -> lock.tryLock(50, TimeUnit.MICROSECONDS));
    };
  }

  @ParameterizedTest
  @EnumSource
  void reentrantReadWriteLock(ThreadKind kind) throws Exception {
    hold(
        kind,
        Models.readWriteLock(),
        () -> {
          ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
          return (recorder, random, unique) -> {
            if (random.nextInt(3) > 0) {
              if (acquireRead(lock, recorder, random)) {
                recorder.run("readUnlock", () -> lock.readLock().unlock());
              }
            } else if (acquireWrite(lock, recorder, random)) {
              boolean downgrade = random.nextBoolean();
              if (downgrade) {
                recorder.run("readLock", () -> lock.readLock().lock());
              }
              recorder.run("writeUnlock", () -> lock.writeLock().unlock());
              if (downgrade) {
                recorder.run("readUnlock", () -> lock.readLock().unlock());
              }
            }
          };
        });
  }

  private static boolean acquireRead(
      ReentrantReadWriteLock lock, HistoryRecorder recorder, Random random)
      throws InterruptedException {
    return switch (random.nextInt(3)) {
      case 0 -> {
        recorder.run("readLock", () -> lock.readLock().lock());
        yield true;
      }
      case 1 -> recorder.call("tryReadLock", () -> lock.readLock().tryLock());
      default ->
          recorder.call(
              "timedTryReadLock", () -> lock.readLock().tryLock(50, TimeUnit.MICROSECONDS));
    };
  }

  private static boolean acquireWrite(
      ReentrantReadWriteLock lock, HistoryRecorder recorder, Random random)
      throws InterruptedException {
    return switch (random.nextInt(3)) {
      case 0 -> {
        recorder.run("writeLock", () -> lock.writeLock().lock());
        yield true;
      }
      case 1 -> recorder.call("tryWriteLock", () -> lock.writeLock().tryLock());
      default ->
          recorder.call(
              "timedTryWriteLock", () -> lock.writeLock().tryLock(50, TimeUnit.MICROSECONDS));
    };
  }

  @ParameterizedTest
  @EnumSource
  void semaphore(ThreadKind kind) throws Exception {
    hold(
        kind,
        Models.semaphore(2),
        () -> {
          Semaphore semaphore = new Semaphore(2);
          return (recorder, random, unique) -> {
            boolean acquired =
                switch (random.nextInt(4)) {
                  case 0 -> {
                    recorder.run("acquire", () -> semaphore.acquire());
                    yield true;
                  }
                  case 1 -> recorder.call("tryAcquire", () -> semaphore.tryAcquire());
                  case 2 ->
                      recorder.call(
                          "timedTryAcquire", () -> semaphore.tryAcquire(50, TimeUnit.MICROSECONDS));
                  default -> {
                    recorder.call("availablePermits", () -> semaphore.availablePermits());
                    yield false;
                  }
                };
            if (acquired) {
              recorder.run("release", () -> semaphore.release());
            }
          };
        });
  }

  @ParameterizedTest
  @EnumSource
  @SuppressWarnings("PrimitiveAtomicReference") // what was seen is the very object
  void atomicReferencesByKey(ThreadKind kind) throws Exception {
    hold(
        kind,
        Models.register(0),
        () -> {
          List<AtomicReference<Integer>> registers =
              List.of(new AtomicReference<>(0), new AtomicReference<>(0));
          return (recorder, random, unique) -> {
            int key = random.nextInt(2);
            AtomicReference<Integer> register = registers.get(key);
            HistoryRecorder one = recorder.on(key);
            switch (random.nextInt(4)) {
              case 0 -> one.run("set", unique, () -> register.set(unique));
              case 1 -> one.call("getAndSet", unique, () -> register.getAndSet(unique));
              case 2 -> {
                Integer seen = one.call("get", () -> register.get());
                one.call("compareAndSet", seen, unique, () -> register.compareAndSet(seen, unique));
              }
              default -> one.call("get", () -> register.get());
            }
          };
        });
  }
}
