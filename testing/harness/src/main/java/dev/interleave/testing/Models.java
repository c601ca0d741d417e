// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The models of common types, for {@link Linearizability}.
 *
 * <p>Operations are known by the names that stand with each model. As a rule that is the name of
 * the method; the form of a method that waits for a limited time is called {@code timed…}, and the
 * limit is not looked at. Arguments other than those named may be recorded, and are shown and not
 * looked at either. What an operation returns or throws must be what the interface says: {@code
 * null} or {@code false} from one that timed out.
 *
 * <p>None of them knows about fairness. In a lock or a semaphore that is fair, also a timed attempt
 * has to wait in line; so it may time out though nobody has what it wants, while the first in line
 * has been woken and is not in yet. That is no violation of the documentation of such a class, but
 * one of these models, except where they say otherwise: in histories of a fair lock or semaphore,
 * leave out timed attempts that failed. What calls that wait in line may do where {@linkplain
 * Linearizability#quiescent() nothing moves any more} stands with the models.
 *
 * <p>All are immutable.
 */
public final class Models {
  private Models() {}

  /**
   * A value that is read and written as a whole, null at first.
   *
   * <p>Operations: {@code get}, {@code set(value)}, {@code getAndSet(value)}, {@code
   * compareAndSet(expected, value)}, which compares by {@code equals}.
   *
   * <p>A map is one register for each key: {@link HistoryRecorder#on}. There, {@code null} is no
   * value, {@code put} and {@code remove} are {@code getAndSet}.
   *
   * @return the model
   */
  public static Model<?> register() {
    return new RegisterModel(null);
  }

  /**
   * A value that is read and written as a whole.
   *
   * @param initial the value at first
   * @return the model, as {@link #register()}
   */
  public static Model<?> register(@Nullable Object initial) {
    return new RegisterModel(initial);
  }

  /**
   * A queue of any length: first in, first out.
   *
   * @return the model, as {@link #queue(int)}
   */
  public static Model<?> queue() {
    return queue(Integer.MAX_VALUE);
  }

  /**
   * A bounded queue: first in, first out.
   *
   * <p>Operations that put in: {@code put(item)} waits while the queue is full; {@code
   * timedOffer(item)} returns false if it was full at some moment during the call, {@code
   * offer(item)} likewise; {@code add(item)} and {@code push(item)}, which returns nothing, throw
   * {@code IllegalStateException} then. All throw {@code NullPointerException} for null.
   *
   * <p>Operations that take out: {@code take} waits while it is empty; {@code timedPoll} and {@code
   * poll} return null if it was empty at some moment during the call; {@code remove} and {@code
   * pop} throw {@code NoSuchElementException} then.
   *
   * <p>Operations that look: {@code peek}, {@code element}, {@code size}, {@code isEmpty}, {@code
   * remainingCapacity}.
   *
   * <p>If all items are different, long histories are checked fast.
   *
   * @param capacity how many items it holds, at least 1; {@code Integer.MAX_VALUE} for any number
   * @return the model
   * @throws IllegalArgumentException if the capacity is less than 1
   */
  public static Model<?> queue(int capacity) {
    return new QueueModel(capacity, true);
  }

  /**
   * A stack of any height: last in, first out.
   *
   * @return the model, with the operations of {@link #queue(int)}
   */
  public static Model<?> stack() {
    return stack(Integer.MAX_VALUE);
  }

  /**
   * A bounded stack: last in, first out.
   *
   * @param capacity how many items it holds, at least 1
   * @return the model, with the operations of {@link #queue(int)}
   * @throws IllegalArgumentException if the capacity is less than 1
   */
  public static Model<?> stack(int capacity) {
    return new QueueModel(capacity, false);
  }

  /**
   * A priority queue of any length: the smallest item first; of several, any.
   *
   * @param order the order; it must be able to compare all items
   * @return the model, with the operations of {@link #queue(int)}
   */
  public static Model<?> priorityQueue(Comparator<?> order) {
    return priorityQueue(Integer.MAX_VALUE, order);
  }

  /**
   * A bounded priority queue: the smallest item first; of several, any.
   *
   * @param capacity how many items it holds, at least 1
   * @param order the order; it must be able to compare all items
   * @return the model, with the operations of {@link #queue(int)}
   * @throws IllegalArgumentException if the capacity is less than 1
   */
  @SuppressWarnings("unchecked") // it sees nothing but the items of the user
  public static Model<?> priorityQueue(int capacity, Comparator<?> order) {
    return new PriorityQueueModel(capacity, (Comparator<Object>) requireNonNull(order, "order"));
  }

  /**
   * A lock that its owner may take again and has to release as often.
   *
   * <p>Operations: {@code lock}, {@code lockInterruptibly}; {@code tryLock}, {@code timedTryLock},
   * which return false if another thread held it at some moment during the call; {@code unlock},
   * which throws {@code IllegalMonitorStateException} for a thread that does not hold it; {@code
   * isLocked}, {@code isHeldByCurrentThread}.
   *
   * @return the model
   */
  public static Model<?> lock() {
    return new LockModel(true);
  }

  /**
   * A lock that its owner cannot take again: {@code lock} waits for ever then, {@code tryLock}
   * returns false.
   *
   * @return the model, with the operations of {@link #lock()}
   */
  public static Model<?> mutex() {
    return new LockModel(false);
  }

  /**
   * A read-write lock: reentrant both ways, and with a downgrade, that is, who writes may read. Who
   * only reads and wants to write waits for ever.
   *
   * <p>Operations: {@code readLock}, {@code tryReadLock}, {@code timedTryReadLock}, {@code
   * readUnlock}, {@code writeLock}, {@code tryWriteLock}, {@code timedTryWriteLock}, {@code
   * writeUnlock}. To release what one does not hold throws {@code IllegalMonitorStateException}.
   *
   * <p>{@code tryReadLock} returns false only where another thread writes. {@code timedTryReadLock}
   * may return false to any thread that holds nothing: a lock may make new readers wait behind a
   * writer in line, which in turn waits for other readers or, as it can in {@code
   * ReentrantReadWriteLock}, has been woken and is not in yet, while the lock is free. That a free
   * lock is granted in time is for {@link dev.interleave.testing.contract.ReadWriteLockContract}.
   *
   * <p>For the same reason, where {@linkplain Linearizability#quiescent() nothing moves any more}
   * {@code readLock} and {@code timedTryReadLock} of a thread that holds nothing may be pending
   * though others only read, if {@code writeLock} or {@code timedTryWriteLock} of another thread is
   * pending, too, and has to wait.
   *
   * @return the model
   */
  public static Model<?> readWriteLock() {
    return new ReadWriteLockModel();
  }

  /**
   * A semaphore.
   *
   * <p>Operations, each with a number of permits as its argument, or 1 without: {@code acquire},
   * {@code acquireUninterruptibly}; {@code tryAcquire} and {@code timedTryAcquire}, which return
   * false if there were fewer permits at some moment during the call; {@code release}; and without
   * argument {@code availablePermits}, {@code drainPermits}. All that take a number throw {@code
   * IllegalArgumentException} if it is negative.
   *
   * <p>Permits go to the first in line, as in {@code java.util.concurrent.Semaphore}, fair or not:
   * where {@linkplain Linearizability#quiescent() nothing moves any more}, one that wants few
   * permits may be pending though they are there, if one that wants more is pending, too. In a fair
   * one, who wants few may also time out behind who wants many; that is no violation of its
   * documentation, but one of this model.
   *
   * @param permits how many permits there are at first; may be negative
   * @return the model
   */
  public static Model<?> semaphore(int permits) {
    return new SemaphoreModel(permits);
  }

  /**
   * A pool that lends objects: of connections, of buffers. It may make, drop and replace objects as
   * it likes, but must not lend one twice at a time, nor more than so many at a time, nor refuse
   * one while fewer are lent.
   *
   * <p>Operations: {@code acquire} returns an object and waits while all are lent; {@code
   * tryAcquire} returns null if all were lent at some moment during the call, {@code timedAcquire}
   * does so or throws {@code TimeoutException}; {@code release(object)} throws {@code
   * IllegalStateException} or {@code IllegalArgumentException} if the object is not lent; {@code
   * lent} returns how many are. Objects are compared by {@code equals}; record a number or a name
   * in their place if theirs is not by identity, or if the history is to be written as text.
   *
   * @param size how many objects may be lent at a time, at least 1
   * @return the model
   * @throws IllegalArgumentException if the size is less than 1
   */
  public static Model<?> pool(int size) {
    return new PoolModel(size);
  }
}
