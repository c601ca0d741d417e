// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import dev.interleave.Deadline;
import dev.interleave.buffer.WaitMeter.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Items in any order under one lock: LIFO, priorities, weights, fairness, a capacity that changes.
 *
 * <p>On each side there is a line of those who wait, each with a condition of its own. Only the
 * first in line is signalled, and only if it can go on; whoever leaves the line, for whatever
 * reason, lets the next one be looked at. So no signal reaches the wrong side or is lost with a
 * thread that gives up, and no crowd is woken for one place. Who waits in line stays there until it
 * has what it wants.
 *
 * <p>If this is <em>ordered</em>, because it is fair or because its items have weights, who arrives
 * and may wait stands in line behind those who do: so a heavy item is not overtaken for ever by
 * light ones. Otherwise it overtakes them if it can.
 *
 * <p>All operations are linearized where they hold the lock.
 *
 * @param <E> the items
 */
final class LockedStore<E> extends Store<E> {
  private final ReentrantLock lock;
  private final boolean ordered;
  private final long maxWeight;
  private final Items<E> items;
  private final ArrayDeque<Waiter> producers = new ArrayDeque<>();
  private final ArrayDeque<Waiter> consumers = new ArrayDeque<>();
  private final Condition idle;

  private int capacity;
  private long weight;
  private int highWater;
  private long puts;
  private long takes;
  private long removed;
  private long evicted;
  private long leased;
  private boolean closed;
  private @Nullable Throwable cause;

  /** How often it became idle: who waits for that returns although it is not idle any more. */
  private long idleMoments;

  /** A thread in line. */
  private final class Waiter {
    final Condition condition = lock.newCondition();

    /** Of what it has to insert. */
    final long weight;

    Waiter(long weight) {
      this.weight = weight;
    }
  }

  LockedStore(
      Meter meter,
      int capacity,
      long maxWeight,
      BoundedBuffer.Order<? super E> order,
      boolean fair,
      boolean weighted) {
    super(meter);
    this.capacity = capacity;
    this.maxWeight = maxWeight;
    lock = new ReentrantLock(fair);
    idle = lock.newCondition();
    ordered = fair || weighted;
    items = new Items<>(order);
  }

  // ------------------------------------------------------------------ inserting

  @Override
  Put offer(E item, long itemWeight) {
    lock.lock();
    try {
      if (closed) {
        return Put.CLOSED;
      }
      if (!fits(itemWeight)) {
        return Put.FULL;
      }
      insert(item, itemWeight);
      return Put.ACCEPTED;
    } finally {
      lock.unlock();
    }
  }

  @Override
  Put put(E item, long itemWeight, Deadline deadline) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    lock.lock();
    try {
      if (closed) {
        return Put.CLOSED;
      }
      if (fits(itemWeight) && (!ordered || producers.isEmpty())) {
        insert(item, itemWeight);
        return Put.ACCEPTED;
      }
      return putInLine(item, itemWeight, deadline);
    } finally {
      lock.unlock();
    }
  }

  private Put putInLine(E item, long itemWeight, Deadline deadline) throws InterruptedException {
    Waiter me = new Waiter(itemWeight);
    Waiting wait = new Waiting(meter.producers);
    producers.addLast(me);
    try {
      while (true) {
        if (closed) {
          wait.outcome = Outcome.CLOSED;
          return Put.CLOSED;
        }
        long left = deadline.remainingNanos();
        // Out of time it does not wait, so it need not stand in line either: full means full.
        if (fits(itemWeight) && (producers.peekFirst() == me || left == 0)) {
          wait.outcome = Outcome.DONE;
          insert(item, itemWeight);
          return Put.ACCEPTED;
        }
        if (left == 0) {
          wait.outcome = Outcome.TIMED_OUT;
          return Put.FULL;
        }
        wait.await(me.condition, left);
      }
    } finally {
      producers.remove(me);
      signalProducer();
      wait.end();
    }
  }

  @Override
  Put force(E item, long itemWeight, List<? super E> out) {
    lock.lock();
    try {
      if (closed) {
        return Put.CLOSED;
      }
      while (!fits(itemWeight)) {
        Node<E> oldest = Objects.requireNonNull(items.oldest(), "empty, and no room");
        leave(oldest);
        evicted++;
        out.add(oldest.item);
      }
      insert(item, itemWeight);
      return Put.ACCEPTED;
    } finally {
      signalProducer(); // of evicted heavy items, there may be more room than this one takes
      lock.unlock();
    }
  }

  private boolean fits(long itemWeight) {
    return items.size() < capacity && itemWeight <= maxWeight - weight;
  }

  private void insert(E item, long itemWeight) {
    items.add(new Node<>(item, itemWeight));
    weight += itemWeight;
    puts++;
    highWater = Math.max(highWater, items.size());
    signalConsumer();
  }

  // ------------------------------------------------------------------ taking

  @Override
  @Nullable E poll(boolean isLeased) {
    lock.lock();
    try {
      return takeHead(isLeased);
    } finally {
      lock.unlock();
    }
  }

  @Override
  @Nullable E take(boolean isLeased, Deadline deadline) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    lock.lock();
    try {
      if (!ordered || consumers.isEmpty()) {
        E item = takeHead(isLeased);
        if (item != null || closed) {
          return item;
        }
      }
      return takeInLine(isLeased, deadline);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable E takeInLine(boolean isLeased, Deadline deadline) throws InterruptedException {
    Waiter me = new Waiter(0);
    Waiting wait = new Waiting(meter.consumers);
    consumers.addLast(me);
    try {
      while (true) {
        long left = deadline.remainingNanos();
        if (consumers.peekFirst() == me || left == 0 || closed) {
          E item = takeHead(isLeased);
          if (item != null) {
            wait.outcome = Outcome.DONE;
            return item;
          }
          if (closed || left == 0) {
            wait.outcome = closed ? Outcome.CLOSED : Outcome.TIMED_OUT;
            return null;
          }
        }
        wait.await(me.condition, left);
      }
    } finally {
      consumers.remove(me);
      signalConsumer();
      wait.end();
    }
  }

  private @Nullable E takeHead(boolean isLeased) {
    Node<E> head = items.head();
    if (head == null) {
      return null;
    }
    leave(head);
    takes++;
    if (isLeased) {
      leased++;
    } else {
      signalIdle();
    }
    signalProducer();
    return head.item;
  }

  @Override
  int drain(List<? super E> into, int max) {
    lock.lock();
    try {
      int count = Math.min(max, items.size());
      for (int i = 0; i < count; i++) {
        into.add(Objects.requireNonNull(takeHead(false), "fewer items than counted"));
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  private void leave(Node<E> node) {
    items.remove(node);
    weight -= node.weight;
  }

  // ------------------------------------------------------------------ signals

  /** One wait: it is counted only if the thread parks. */
  private final class Waiting {
    private final WaitMeter meter;
    private WaitMeter.@Nullable Begun wait;

    /** How it ended; by an interrupt, unless said otherwise. */
    Outcome outcome = Outcome.INTERRUPTED;

    Waiting(WaitMeter meter) {
      this.meter = meter;
    }

    /** Parks, maybe; the caller looks again in any case. */
    @SuppressWarnings("WaitNotInLoop") // it is in the loops of those who call it
    void await(Condition condition, long nanos) throws InterruptedException {
      if (wait == null) {
        begin(nanos != Long.MAX_VALUE);
        return;
      }
      try {
        if (nanos == Long.MAX_VALUE) {
          condition.await();
        } else {
          condition.await(nanos, TimeUnit.NANOSECONDS);
        }
      } catch (InterruptedException e) {
        throw wait.interrupted();
      }
    }

    /** Without the lock, since a detector may look around. */
    private void begin(boolean timed) {
      lock.unlock();
      try {
        wait = meter.begin(timed);
      } finally {
        lock.lock();
      }
    }

    void end() {
      if (wait != null) {
        wait.end(outcome);
      }
    }
  }

  private void signalProducer() {
    Waiter first = producers.peekFirst();
    if (first != null && (closed || fits(first.weight))) {
      first.condition.signal();
    }
  }

  private void signalConsumer() {
    Waiter first = consumers.peekFirst();
    if (first != null && (closed || items.size() > 0)) {
      first.condition.signal();
    }
  }

  private void signalIdle() {
    if (leased == 0 && items.size() == 0) {
      idleMoments++;
      idle.signalAll();
    }
  }

  // ------------------------------------------------------------------ what is inside

  @Override
  @Nullable E peek() {
    lock.lock();
    try {
      Node<E> head = items.head();
      return head == null ? null : head.item;
    } finally {
      lock.unlock();
    }
  }

  @Override
  int size() {
    lock.lock();
    try {
      return items.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  int room() {
    lock.lock();
    try {
      return Math.max(0, capacity - items.size());
    } finally {
      lock.unlock();
    }
  }

  @Override
  List<Entry<E>> entries() {
    List<Node<E>> all;
    lock.lock();
    try {
      all = items.all();
    } finally {
      lock.unlock();
    }
    Comparator<Node<E>> sorting = items.sorting();
    if (sorting != null) {
      all.sort(sorting);
    }
    return new ArrayList<>(all);
  }

  @Override
  int removeAll(List<Entry<E>> entries) {
    lock.lock();
    int count = 0;
    try {
      for (Entry<E> entry : entries) {
        Node<E> node = (Node<E>) entry;
        if (node.inside) {
          leave(node);
          removed++;
          count++;
        }
      }
      return count;
    } finally {
      if (count > 0) {
        signalProducer();
        signalIdle();
      }
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------ close, leases, figures

  @Override
  void close(@Nullable Throwable reason) {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        cause = reason;
        producers.forEach(waiter -> waiter.condition.signal());
        consumers.forEach(waiter -> waiter.condition.signal());
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  @Override
  boolean isDrained() {
    lock.lock();
    try {
      return closed && items.size() == 0;
    } finally {
      lock.unlock();
    }
  }

  @Override
  @Nullable Throwable cause() {
    lock.lock();
    try {
      return cause;
    } finally {
      lock.unlock();
    }
  }

  @Override
  void release() {
    lock.lock();
    try {
      leased--;
      signalIdle();
    } finally {
      lock.unlock();
    }
  }

  @Override
  boolean awaitIdle(Deadline deadline) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    lock.lock();
    try {
      long before = idleMoments;
      while (idleMoments == before && (leased > 0 || items.size() > 0)) {
        long left = deadline.remainingNanos();
        if (left == 0) {
          return false;
        }
        if (deadline.isNone()) {
          idle.await();
        } else {
          idle.awaitNanos(left);
        }
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  int capacity() {
    lock.lock();
    try {
      return capacity;
    } finally {
      lock.unlock();
    }
  }

  @Override
  void resize(int newCapacity) {
    lock.lock();
    try {
      capacity = newCapacity;
      signalProducer();
    } finally {
      lock.unlock();
    }
  }

  @Override
  BufferStats stats() {
    lock.lock();
    try {
      return new BufferStats(
          name(),
          capacity,
          items.size(),
          highWater,
          weight,
          maxWeight,
          puts,
          takes,
          removed,
          meter.dropped.sum(),
          evicted,
          meter.rejected.sum(),
          leased,
          closed,
          meter.producers.blocked(),
          meter.consumers.blocked(),
          meter.producers.snapshot(),
          meter.consumers.snapshot());
    } finally {
      lock.unlock();
    }
  }
}
