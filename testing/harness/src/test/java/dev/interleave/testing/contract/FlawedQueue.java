// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static java.util.Objects.requireNonNull;

import java.util.AbstractQueue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A fair blocking queue that can be closed, simple and slow, with one {@link QueueFlaw}.
 *
 * <p>All state is guarded by one lock. Whoever waits has a condition of its own and stands in line;
 * each element, and each place that is freed, wakes the first of the other side, who looks again.
 */
@SuppressWarnings("WaitNotInLoop") // the loops are in insert and remove
final class FlawedQueue extends AbstractQueue<Long> implements BlockingQueue<Long>, AutoCloseable {
  private static final long FOREVER = Long.MAX_VALUE;

  /** Woken, but too late: who leaves with this looks at nothing any more, and passes nothing on. */
  private static final long IN_VAIN = Long.MIN_VALUE;

  private static final List<Node> COMMON = new ArrayList<>();

  private final QueueFlaw flaw;
  private final int capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Node> elements;
  private final List<Waiter> producers = new ArrayList<>();
  private final List<Waiter> consumers = new ArrayList<>();
  private final List<Object> kept = new ArrayList<>();
  private int changes;
  private int leaked;
  private boolean closed;

  /** An element in its place: two equal ones are two. */
  private static final class Node {
    final Long element;

    Node(Long element) {
      this.element = element;
    }
  }

  private static final class Waiter {
    final Condition condition;
    boolean woken;

    Waiter(Condition condition) {
      this.condition = condition;
    }
  }

  FlawedQueue(int capacity, QueueFlaw flaw) {
    this.capacity = capacity;
    this.flaw = flaw;
    this.elements = is(QueueFlaw.QUEUES_SHARE_THEIR_ELEMENTS) ? COMMON : new ArrayList<>();
  }

  @SuppressWarnings("ReferenceEquality") // no other will do
  private boolean isThis(Collection<?> other) {
    return other == this;
  }

  private boolean is(QueueFlaw other) {
    return flaw == other;
  }

  // What goes in.

  @Override
  public boolean offer(Long element) {
    if (check(element)) {
      return false;
    }
    if (is(QueueFlaw.OFFER_CLEARS_INTERRUPTS)) {
      Thread.interrupted();
    }
    lock.lock();
    try {
      return insertNow(element, !is(QueueFlaw.OFFER_WAKES_NO_ONE));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean add(Long element) {
    return is(QueueFlaw.ADD_TO_A_FULL_QUEUE_RETURNS_FALSE) ? offer(element) : super.add(element);
  }

  @Override
  public void put(Long element) throws InterruptedException {
    if (!check(element)) {
      insert(element, FOREVER);
    }
  }

  @Override
  public boolean offer(Long element, long time, TimeUnit unit) throws InterruptedException {
    return !check(element) && insert(element, nanos(time, unit));
  }

  @Override
  public boolean addAll(Collection<? extends Long> others) {
    if (is(QueueFlaw.ADD_ALL_TO_ITSELF_IS_DONE) && isThis(others)) {
      return addAll(new ArrayList<>(others));
    }
    if (is(QueueFlaw.ADD_ALL_PASSES_THE_BOUND)) {
      lock.lock();
      try {
        others.forEach(element -> link(element, true));
        return !others.isEmpty();
      } finally {
        lock.unlock();
      }
    }
    return super.addAll(others);
  }

  private boolean insert(Long element, long nanos) throws InterruptedException {
    long left = nanos;
    lockInterruptibly();
    try {
      while (!insertNow(element, true)) {
        if (left <= 0) {
          if (is(QueueFlaw.TIMED_OUT_OFFER_INSERTS)) {
            link(element, true);
          }
          return false;
        }
        if (is(QueueFlaw.WAITER_IS_KEPT)) {
          kept.add(element);
        }
        try {
          left = await(producers, left, is(QueueFlaw.OFFER_ENDS_EARLY));
        } catch (InterruptedException e) {
          if (is(QueueFlaw.INTERRUPTED_PUT_INSERTS)) {
            link(element, true);
          }
          throw e;
        }
        if (left == IN_VAIN) {
          return false;
        }
        if (is(QueueFlaw.WOKEN_PRODUCER_INSERTS_AFTER_CLOSE) && closed) {
          link(element, true);
        }
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean insertNow(Long element, boolean wake) {
    if (closed && !is(QueueFlaw.CLOSED_QUEUE_TAKES_MORE)) {
      throw new IllegalStateException("closed");
    }
    if (elements.size() + leaked >= capacity + (is(QueueFlaw.ONE_TOO_MANY) ? 1 : 0)) {
      return false;
    }
    if (is(QueueFlaw.CHECK_THEN_ACT)) {
      pauseOutsideTheLock();
    }
    link(element, wake);
    return true;
  }

  private void link(Long element, boolean wake) {
    changes++;
    boolean wasEmpty = elements.isEmpty();
    Node node = new Node(element);
    if (is(QueueFlaw.LAST_IN_FIRST_OUT)) {
      elements.add(0, node);
    } else {
      elements.add(node);
    }
    if (wake && (wasEmpty || !is(QueueFlaw.INSERTION_WAKES_ONLY_IF_IT_WAS_EMPTY))) {
      wakeOne(consumers, is(QueueFlaw.LAST_CONSUMER_FIRST_SERVED));
    }
  }

  // What comes out.

  @Override
  public @Nullable Long poll() {
    lock.lock();
    try {
      return removeNow();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Long take() throws InterruptedException {
    while (true) {
      try {
        return requireNonNull(remove(FOREVER));
      } catch (InterruptedException e) {
        if (!is(QueueFlaw.INTERRUPTED_TAKE_GOES_ON)) {
          throw e;
        }
      }
    }
  }

  @Override
  public @Nullable Long poll(long time, TimeUnit unit) throws InterruptedException {
    return remove(nanos(time, unit));
  }

  @Override
  @SuppressWarnings("NullAway") // the flaw
  public Long remove() {
    return is(QueueFlaw.REMOVE_OF_NOTHING_RETURNS_NULL) ? poll() : super.remove();
  }

  private @Nullable Long remove(long nanos) throws InterruptedException {
    long left = nanos;
    lockInterruptibly();
    try {
      while (true) {
        Long head = removeNow();
        if (head != null) {
          return head;
        }
        if (closed && !is(QueueFlaw.CLOSED_QUEUE_KEEPS_CONSUMERS_WAITING)) {
          throw new IllegalStateException("closed");
        }
        if (left <= 0) {
          return null;
        }
        if (is(QueueFlaw.WAITS_WITHOUT_LOOKING_AGAIN)) {
          pauseOutsideTheLock();
        }
        left = await(consumers, left, is(QueueFlaw.POLL_ENDS_EARLY));
        if (left == IN_VAIN) {
          return null;
        }
        if (is(QueueFlaw.WOKEN_CONSUMER_DOES_NOT_LOOK_AGAIN)) {
          wakeAll(consumers);
          return elements.isEmpty() ? Long.valueOf(0) : removeNow();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Long removeNow() {
    if (elements.isEmpty()) {
      return null;
    }
    if (is(QueueFlaw.CHECK_THEN_ACT)) {
      Node head = elements.get(0);
      pauseOutsideTheLock();
      unlink(head, true);
      return head.element;
    }
    Node head = elements.get(0);
    unlink(head, true);
    return head.element;
  }

  private boolean unlink(Node node, boolean wake) {
    boolean wasFull = elements.size() == capacity;
    if (!elements.remove(node)) {
      return false;
    }
    changes++;
    if (is(QueueFlaw.REMOVED_IS_KEPT)) {
      kept.add(node);
    }
    boolean wakes = wake && !is(QueueFlaw.REMOVAL_WAKES_NO_ONE);
    if (wakes && (wasFull || !is(QueueFlaw.REMOVAL_WAKES_ONLY_IF_IT_WAS_FULL))) {
      wakeOne(producers, is(QueueFlaw.LAST_PRODUCER_FIRST_SERVED));
    }
    return true;
  }

  // Many at once.

  @Override
  public int drainTo(Collection<? super Long> collection) {
    return drainTo(collection, Integer.MAX_VALUE);
  }

  @Override
  @SuppressWarnings("LockNotBeforeTry") // the flaw
  public int drainTo(Collection<? super Long> collection, int limit) {
    requireNonNull(collection);
    if (isThis(collection)) {
      if (is(QueueFlaw.DRAIN_TO_ITSELF_IS_DONE)) {
        return 0;
      }
      throw new IllegalArgumentException("to itself");
    }
    lock.lock();
    boolean failed = true;
    try {
      if (is(QueueFlaw.DRAIN_REPLACES_WHAT_WAS_THERE)) {
        collection.clear();
      }
      int drained = 0;
      while (!elements.isEmpty() && (drained < limit || is(QueueFlaw.DRAIN_IGNORES_ITS_LIMIT))) {
        Node head = elements.get(0);
        if (is(QueueFlaw.FAILED_DRAIN_LEAKS_ROOM)) {
          leaked++;
        }
        collection.add(head.element);
        if (is(QueueFlaw.FAILED_DRAIN_LEAKS_ROOM)) {
          leaked--;
        }
        unlink(head, true);
        drained++;
      }
      failed = false;
      return drained;
    } finally {
      if (!failed || !is(QueueFlaw.FAILED_DRAIN_KEEPS_THE_LOCK)) {
        lock.unlock();
      }
    }
  }

  @Override
  public void clear() {
    lock.lock();
    try {
      if (is(QueueFlaw.CLEAR_KEEPS_THE_ROOM)) {
        leaked += elements.size();
      }
      for (Node node : List.copyOf(elements)) {
        unlink(node, true);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean removeIf(Predicate<? super Long> filter) {
    requireNonNull(filter);
    lock.lock();
    try {
      boolean any = false;
      for (Node node : List.copyOf(elements)) {
        if (filter.test(node.element)) {
          any |= unlink(node, !is(QueueFlaw.FILTER_WAKES_NO_ONE));
        }
      }
      return any;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean removeAll(Collection<?> others) {
    requireNonNull(others);
    return removeIf(others::contains);
  }

  @Override
  public boolean retainAll(Collection<?> others) {
    requireNonNull(others);
    return removeIf(element -> !others.contains(element))
        || is(QueueFlaw.RETAIN_ALL_SAYS_ALWAYS_TRUE);
  }

  @Override
  public boolean remove(@Nullable Object wanted) {
    lock.lock();
    try {
      boolean any = false;
      for (Node node : List.copyOf(elements)) {
        if (node.element.equals(wanted)) {
          if (is(QueueFlaw.REMOVE_IS_NOT_ATOMIC)) {
            pauseOutsideTheLock();
            unlink(node, true);
            return true;
          }
          any = unlink(node, !is(QueueFlaw.REMOVE_ELEMENT_WAKES_NO_ONE));
          if (!is(QueueFlaw.REMOVE_TAKES_ALL_EQUAL_ONES)) {
            return true;
          }
        }
      }
      return any;
    } finally {
      lock.unlock();
    }
  }

  // What is inside.

  @Override
  public @Nullable Long peek() {
    lock.lock();
    try {
      if (is(QueueFlaw.PEEK_REMOVES)) {
        return removeNow();
      }
      return elements.isEmpty() ? null : elements.get(0).element;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean contains(@Nullable Object wanted) {
    if (wanted == null && is(QueueFlaw.NULL_IS_FOUND)) {
      return true;
    }
    return nodes().stream().anyMatch(node -> node.element.equals(wanted));
  }

  @Override
  public int size() {
    lock.lock();
    try {
      return elements.size();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int remainingCapacity() {
    return is(QueueFlaw.ROOM_IS_THE_CAPACITY) ? capacity : Math.max(0, capacity - leaked - size());
  }

  @Override
  public Object[] toArray() {
    Object[] array = super.toArray();
    return is(QueueFlaw.ARRAY_IS_OF_ITS_OWN_TYPE)
        ? Arrays.copyOf(array, array.length, Long[].class)
        : array;
  }

  @Override
  public String toString() {
    return is(QueueFlaw.TEXT_IS_THE_SIZE) ? "[" + size() + "]" : super.toString();
  }

  private List<Node> nodes() {
    lock.lock();
    try {
      return List.copyOf(elements);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Iterator<Long> iterator() {
    List<Node> snapshot = nodes();
    int changesBefore = changes;
    return new Iterator<>() {
      private int next;
      private @Nullable Node last;

      @Override
      public boolean hasNext() {
        if (is(QueueFlaw.ITERATOR_GOES_BY_INDEX)) {
          return next < size();
        }
        return next < snapshot.size() || is(QueueFlaw.ITERATOR_HAS_NO_END);
      }

      @Override
      public Long next() {
        if (is(QueueFlaw.ITERATOR_FAILS_FAST) && changes != changesBefore) {
          throw new ConcurrentModificationException();
        }
        if (is(QueueFlaw.ITERATOR_HAS_NO_END) && next == snapshot.size()) {
          return 0L;
        }
        List<Node> seen = is(QueueFlaw.ITERATOR_GOES_BY_INDEX) ? nodes() : snapshot;
        if (next >= seen.size()) {
          throw new NoSuchElementException();
        }
        Node node = seen.get(next++);
        last = node;
        return node.element;
      }

      @Override
      public void remove() {
        Node removed = last;
        if (removed == null) {
          throw new IllegalStateException("nothing shown");
        }
        if (!is(QueueFlaw.ITERATOR_REMOVES_TWICE)) {
          last = null;
        }
        lock.lock();
        try {
          if (is(QueueFlaw.ITERATOR_REMOVES_THE_HEAD)) {
            removeNow();
          } else if (unlink(removed, true) && is(QueueFlaw.ITERATOR_GOES_BY_INDEX)) {
            next--;
          }
        } finally {
          lock.unlock();
        }
      }
    };
  }

  // Closing.

  @Override
  public void close() {
    if (is(QueueFlaw.CLOSE_CLEARS_INTERRUPTS)) {
      Thread.interrupted();
    }
    lock.lock();
    try {
      if (closed && is(QueueFlaw.SECOND_CLOSE_FAILS)) {
        throw new IllegalStateException("closed before");
      }
      closed = true;
      if (is(QueueFlaw.CLOSED_QUEUE_FORGETS_WHAT_IS_LEFT)) {
        elements.clear();
      }
      if (is(QueueFlaw.CLOSE_WAKES_ONE)) {
        wakeOne(producers, false);
        wakeOne(consumers, false);
      } else {
        wakeAll(producers);
        wakeAll(consumers);
      }
    } finally {
      lock.unlock();
    }
  }

  // Waiting.

  /** Waits to be woken and returns what is left of the time; whoever leaves passes the turn on. */
  private long await(List<Waiter> line, long nanos, boolean endsEarly) throws InterruptedException {
    Waiter waiter = new Waiter(lock.newCondition());
    line.add(waiter);
    long left = nanos;
    boolean interrupted = true;
    try {
      while (!waiter.woken && left > 0) {
        if (nanos == FOREVER) {
          waiter.condition.await();
        } else {
          left = waiter.condition.awaitNanos(endsEarly ? left / 2 : left);
          left = endsEarly ? 0 : left;
        }
      }
      interrupted = false;
    } catch (InterruptedException e) {
      if (is(QueueFlaw.INTERRUPT_STATUS_STAYS_SET)) {
        Thread.currentThread().interrupt();
      }
      throw e;
    } finally {
      if (!waiter.woken && !is(QueueFlaw.LEAVING_WAITER_STAYS_QUEUED)) {
        line.remove(waiter);
      }
      boolean passesOn = !is(QueueFlaw.LEAVING_WAITER_SWALLOWS_THE_WAKE_UP);
      if (waiter.woken && interrupted && passesOn) {
        wakeOne(line, false);
      }
    }
    boolean inVain = is(QueueFlaw.LEAVING_WAITER_SWALLOWS_THE_WAKE_UP) && nanos != FOREVER;
    if (waiter.woken && inVain && left <= 0) {
      return IN_VAIN;
    }
    return left;
  }

  private static void wakeOne(List<Waiter> line, boolean last) {
    if (!line.isEmpty()) {
      wake(line.remove(last ? line.size() - 1 : 0));
    }
  }

  private static void wakeAll(List<Waiter> line) {
    line.forEach(FlawedQueue::wake);
    line.clear();
  }

  private static void wake(Waiter waiter) {
    waiter.woken = true;
    waiter.condition.signal();
  }

  private void lockInterruptibly() throws InterruptedException {
    if (is(QueueFlaw.INTERRUPT_IS_SEEN_IN_THE_WAIT_ONLY)) {
      lock.lock();
      return;
    }
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      if (is(QueueFlaw.INTERRUPT_STATUS_STAYS_SET)) {
        Thread.currentThread().interrupt();
      }
      throw e;
    }
  }

  @SuppressWarnings({"LockNotBeforeTry", "ThreadPriorityCheck"}) // the flaw
  private void pauseOutsideTheLock() {
    lock.unlock();
    Thread.yield();
    lock.lock();
  }

  /** Returns whether null is to be ignored. */
  @SuppressWarnings("NullAway")
  private boolean check(@Nullable Long element) {
    if (element == null && is(QueueFlaw.NULL_IS_IGNORED)) {
      return true;
    }
    requireNonNull(element);
    return false;
  }

  private long nanos(long time, @Nullable TimeUnit unit) {
    if (unit == null && is(QueueFlaw.NULL_UNIT_MEANS_NANOSECONDS)) {
      return time;
    }
    TimeUnit known = requireNonNull(unit);
    if (is(QueueFlaw.TIME_OVERFLOWS)) {
      return (long) (int) known.toNanos(time);
    }
    long nanos = known.toNanos(time);
    return nanos < 0 && is(QueueFlaw.NEGATIVE_TIME_WAITS) ? FOREVER : nanos;
  }
}
