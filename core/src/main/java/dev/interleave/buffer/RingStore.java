// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import static dev.interleave.buffer.RingIndices.FLAG;
import static dev.interleave.buffer.RingIndices.HEAD;
import static dev.interleave.buffer.RingIndices.HIGH_WATER;
import static dev.interleave.buffer.RingIndices.LIMIT;
import static dev.interleave.buffer.RingIndices.TAIL;
import static dev.interleave.buffer.RingIndices.index;

import dev.interleave.Deadline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A bounded FIFO in a ring, for any number of producers and consumers, without a lock.
 *
 * <h2>The ring</h2>
 *
 * <p>Two indices count up for ever: {@code tail} the items put in, {@code head} those that have
 * left; at a thousand million per second they last 292 years. Between them lie the items. Item
 * {@code i} is kept in slot {@code i} modulo the number of slots, a power of two and at least 2;
 * how many items it admits is decided by the indices, so that the capacity is exact. Each slot has
 * a sequence number that says whose turn it is: {@code i} that the producer of item {@code i} may
 * write, {@code i + 1} that its consumer may read, which makes it {@code i + slots}, the turn of
 * the next lap. (Vyukov, Bounded MPMC queue, 1024cores.net, 2010; also the base of JCTools' {@code
 * MpmcArrayQueue}.)
 *
 * <p>An insertion is linearized at the compare-and-set of {@code tail}, at which there was room, as
 * {@code head} never goes back; a removal at that of {@code head}. "Full" is linearized where
 * {@code head} is read after {@code tail}, "empty" where {@code tail} is read after {@code head}:
 * both only grow, so they were so far apart, or equal, at that moment. Who has claimed a slot by
 * the compare-and-set and has not published it yet lets others wait who need that slot; they back
 * off ({@link Backoff}), and no plain {@code poll} says "empty" meanwhile.
 *
 * <h2>The close</h2>
 *
 * <p>The highest bit of {@code tail} says that this is closed. Producers compare-and-set {@code
 * tail} anyway, and read it before: a negative one is refused, and the close makes each
 * compare-and-set fail that had read an open one. So the close costs producers one comparison of a
 * number they hold in a register, and it has one order with all insertions, that of the
 * compare-and-sets of one word: what went in before lies below the index the bit was set on, and
 * comes out; nothing goes in after it.
 *
 * <h2>Work on the inside</h2>
 *
 * <p>The highest bit of {@code head} <em>freezes</em> it: consumers wait while it is set (their
 * compare-and-set would fail), and who has set it has the items below {@code tail} to itself, for
 * some steps in which it calls nobody. An item is removed from the inside by moving all before it
 * one slot up, and {@code head} with them: then there is no hole to be skipped or counted, and room
 * for one more at once. It is linearized where {@code head} is set to its new value. To look at
 * what is inside it is copied while frozen: one moment, that of the freeze.
 *
 * <h2>Waiting</h2>
 *
 * <p>There is a {@link WaitLine} for each side. Who has moved an index looks at the other side's:
 * one load of a word that changes only when somebody waits.
 *
 * <h2>Figures</h2>
 *
 * <p>The indices are the counts of items. The most that was ever inside costs nothing, as producers
 * keep a limit up to which they need not look at {@code head}, and it is laid where either the
 * capacity or the high-water mark would be passed.
 *
 * <h2>What of JCTools was reused</h2>
 *
 * <p>Nothing but what it has in common with Vyukov. Its multi-producer queues keep no close in the
 * producer index and cannot have one added from outside; they have no interior removal, no exact
 * capacity below the next power of two with {@code MpmcArrayQueue}, none of 1, and nothing to wait
 * on; blocking variants were declined by its maintainers. What would have been left is the array.
 *
 * <h2>Memory order</h2>
 *
 * <p>Indices and {@code wanted} words are read and written volatile: Dekker's argument needs them
 * in one total order. A sequence number is written with release after the slot, and read with
 * acquire before it: it is what hands the slot over, item or room. The limit is a cache; release
 * and acquire pass on what the reader of {@code head} has seen, so that who makes room happens
 * before who uses it. Items are plain, between those.
 *
 * @param <E> the items
 */
final class RingStore<E> extends RingIndices.After<E> {
  /** The largest capacity: the memory of a ring is taken in advance. */
  static final int MAX_CAPACITY = 1 << 20;

  private static final VarHandle SEQUENCE = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle ITEM = MethodHandles.arrayElementVarHandle(Object[].class);

  /** That this is closed and drained, as what is waited for. */
  private static final Object DRAINED = new Object();

  private final int capacity;
  private final int slots;
  private final int mask;
  private final long[] sequences;
  private final @Nullable Object[] items;
  private final WaitLine room;
  private final WaitLine supply;
  private final IdleGate gate;

  private final AtomicLong leased = new AtomicLong();
  private final LongAdder evicted = new LongAdder();
  private final AtomicReference<@Nullable Closing> closing = new AtomicReference<>();

  /** The latest removal from the inside, or what stands for it before the first. */
  private volatile Removal latest = new Removal(new long[0], 0);

  private record Closing(@Nullable Throwable cause) {}

  /** An item, where it was, and after which removal: by those since then, it has moved up. */
  private record Place<E>(E item, long index, Removal after) implements Entry<E> {}

  /** The index of what was removed from the inside. */
  private static final long GONE = -1;

  /**
   * Items that were removed from the inside at one moment. Each knows the next one and not the one
   * before, so that only those are kept that somebody needs to find an item again.
   */
  private static final class Removal {
    /** In ascending order. */
    final long[] indices;

    /** How many have been removed from the inside, with these. */
    final long total;

    /** Written while frozen, before the next one is the latest. */
    volatile @Nullable Removal next;

    Removal(long[] indices, long total) {
      this.indices = indices;
      this.total = total;
    }

    /** Where the item is that was at this index, or {@link #GONE} if it is one of these. */
    long moved(long index) {
      if (index == GONE) {
        return GONE;
      }
      int found = Arrays.binarySearch(indices, index);
      int before = -found - 1; // those ahead of it, which leave it where it is
      return found >= 0 ? GONE : index + indices.length - before;
    }
  }

  RingStore(Meter meter, int capacity) {
    super(meter);
    this.capacity = capacity;
    slots = Integer.highestOneBit(Math.max(capacity - 1, 1)) << 1;
    mask = slots - 1;
    sequences = new long[slots];
    items = new Object[slots];
    for (int i = 0; i < slots; i++) {
      sequences[i] = i;
    }
    room = new WaitLine(meter.producers, this::hasRoom, this::isFreed, capacity);
    supply = new WaitLine(meter.consumers, this::hasItem, this::isPublished, capacity);
    gate = new IdleGate(this::idleAt, this::puts, room);
  }

  /** Whether it is of use to try, by the indices: after a close it always is. */
  private boolean hasRoom() {
    long taken = tail; // before head, as for "full"
    return taken < 0 || taken - index(head) < capacity;
  }

  /** The same. */
  private boolean hasItem() {
    long left = index(head); // before tail, as for "empty"
    long put = tail;
    return put < 0 || put != left;
  }

  /** Whether the item has left for whose place a producer waits. Spurious at most after a close. */
  private boolean isFreed() {
    long leaving = tail - capacity;
    return leaving < 0 || sequence(leaving) > leaving + 1;
  }

  /** Whether there is an item in the slot at the head. */
  private boolean isPublished() {
    long from = index(head);
    return sequence(from) > from;
  }

  private long sequence(long index) {
    return (long) SEQUENCE.getAcquire(sequences, (int) index & mask);
  }

  private void publish(long index, long sequence) {
    SEQUENCE.setRelease(sequences, (int) index & mask, sequence);
  }

  @SuppressWarnings("unchecked")
  private @Nullable E item(long index) {
    return (E) items[(int) index & mask];
  }

  // ------------------------------------------------------------------ inserting

  @Override
  Put offer(E item, long weight) {
    int pauses = 0;
    while (true) {
      long to = tail;
      if (to < 0) {
        return Put.CLOSED;
      }
      int size = 0; // with this item, if it is to be looked at
      if (to >= (long) LIMIT.getAcquire(this)) {
        long left = index(head);
        if (to - left >= capacity) {
          return Put.FULL;
        }
        size = (int) (to - left) + 1;
        if (size <= highWater) {
          LIMIT.setRelease(this, left + highWater);
        }
      }
      long sequence = sequence(to);
      if (sequence == to) {
        if (TAIL.compareAndSet(this, to, to + 1)) {
          items[(int) to & mask] = item;
          publish(to, to + 1);
          if (size > highWater) {
            raiseHighWater(size);
          }
          if (supply.isWanted()) {
            supply.wake();
          }
          return Put.ACCEPTED;
        }
        Backoff.afterLostRace();
      } else if (sequence > to) {
        Backoff.afterLostRace();
      } else if (tail == to) {
        pauses = Backoff.pause(pauses); // its consumer of the lap before is about to leave
      }
    }
  }

  private void raiseHighWater(int size) {
    int seen = highWater;
    while (size > seen && !HIGH_WATER.compareAndSet(this, seen, size)) {
      seen = highWater;
    }
  }

  @Override
  Put put(E item, long weight, Deadline deadline) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Put put = offer(item, weight);
    return put == Put.FULL ? awaitRoom(item, deadline) : put;
  }

  private Put awaitRoom(E item, Deadline deadline) throws InterruptedException {
    Put put =
        room.await(
            () -> {
              Put now = offer(item, 1);
              return now == Put.FULL ? null : now;
            },
            deadline);
    return put == null ? Put.FULL : put;
  }

  @Override
  Put force(E item, long weight, List<? super E> out) {
    int pauses = 0;
    while (true) {
      Put put = offer(item, weight);
      if (put != Put.FULL) {
        return put;
      }
      // Read before tail: if it is still this one when it is moved, it was full until then.
      long from = head;
      long to = tail;
      if (from >= 0 && to - from == capacity && sequence(from) == from + 1) {
        E oldest = claim(from);
        if (oldest != null) {
          evicted.increment();
          out.add(oldest);
        }
      } else if (head == from) {
        pauses = Backoff.pause(pauses); // frozen, or the oldest is about to be published
      }
    }
  }

  // ------------------------------------------------------------------ taking

  @Override
  @Nullable E poll(boolean isLeased) {
    return isLeased ? pollLeased() : poll();
  }

  private @Nullable E poll() {
    int pauses = 0;
    while (true) {
      long from = head;
      long sequence = sequence(from);
      if (sequence == from + 1) {
        E item = claim(from);
        if (item != null) {
          return item;
        }
        Backoff.afterLostRace();
      } else if (sequence <= from || from < 0) {
        if (index(tail) == from) {
          return null;
        }
        if (head == from) {
          pauses = Backoff.pause(pauses); // frozen, or its producer is about to publish it
        }
      } else {
        Backoff.afterLostRace();
      }
    }
  }

  /** Takes the item at this index, which is published, if it is the head; null if it is not. */
  private @Nullable E claim(long from) {
    if (!HEAD.compareAndSet(this, from, from + 1)) {
      return null;
    }
    E item = item(from);
    free(from);
    afterRemoval();
    return item;
  }

  private void free(long index) {
    items[(int) index & mask] = null;
    publish(index, index + slots);
  }

  /** After the index has been moved. */
  private void afterRemoval() {
    if (room.isWanted()) {
      room.wake();
      gate.look();
    }
  }

  /** Counts the lease first: then there is no moment at which the item is nowhere. */
  private @Nullable E pollLeased() {
    if (!hasItem()) {
      return null;
    }
    leased.getAndIncrement();
    E item = poll();
    if (item == null) {
      release();
    }
    return item;
  }

  @Override
  @Nullable E take(boolean isLeased, Deadline deadline) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    // By the slot: it leaves the tail to the producers.
    E item = isPublished() ? poll(isLeased) : null;
    return item != null ? item : awaitItem(isLeased, deadline);
  }

  @SuppressWarnings("unchecked") // all but DRAINED are items
  private @Nullable E awaitItem(boolean isLeased, Deadline deadline) throws InterruptedException {
    Object item =
        supply.<Object>await(
            () -> {
              E now = poll(isLeased);
              while (now == null && isClosed()) { // never to wait again, as nobody would wake it
                if (isDrained()) {
                  return DRAINED;
                }
                now = poll(isLeased);
              }
              return now;
            },
            deadline);
    return item == DRAINED ? null : (E) item;
  }

  @Override
  int drain(List<? super E> into, int max) {
    long end = index(tail);
    int count = 0;
    int pauses = 0;
    while (count < max) {
      long from = head;
      if (from >= 0) {
        int run = published(from, Math.min(max - count, end - from));
        if (run > 0) {
          count += claim(from, run, into);
          continue;
        }
        if (from >= end) {
          break;
        }
      }
      if (head == from) {
        pauses = Backoff.pause(pauses);
      }
    }
    return count;
  }

  /** How many are published from an index on, at most so many. */
  private int published(long from, long max) {
    int run = 0;
    while (run < max && sequence(from + run) == from + run + 1) {
      run++;
    }
    return run;
  }

  /** Takes a run of published items at once, if the first is the head. Returns how many. */
  private int claim(long from, int run, List<? super E> into) {
    if (into instanceof ArrayList<?> list) {
      list.ensureCapacity(list.size() + run); // if memory is short, it is now
    }
    if (!HEAD.compareAndSet(this, from, from + run)) {
      return 0;
    }
    for (long i = from; i < from + run; i++) {
      into.add(item(i));
      free(i);
    }
    afterRemoval();
    return run;
  }

  @Override
  @Nullable E peek() {
    int pauses = 0;
    while (true) {
      long from = head;
      if (from >= 0 && sequence(from) == from + 1) {
        @SuppressWarnings("unchecked") // acquire: before head is read again
        E item = (E) ITEM.getAcquire(items, (int) from & mask);
        if (head == from && item != null) {
          return item;
        }
      } else if (index(tail) == from) {
        return null;
      } else if (head == from) {
        pauses = Backoff.pause(pauses);
      }
    }
  }

  // ------------------------------------------------------------------ the inside

  /** Freezes the head, and returns it. What was claimed before this was called is published. */
  private long freeze() {
    int pauses = 0;
    long end = index(tail);
    for (long i = index(head); i < end; i = Math.max(i + 1, index(head))) {
      while (sequence(i) <= i) {
        pauses = Backoff.pause(pauses);
      }
    }
    while (true) {
      long from = head;
      if (from >= 0 && HEAD.compareAndSet(this, from, from | FLAG)) {
        return from;
      }
      pauses = Backoff.pause(pauses);
    }
  }

  private void unfreeze(long newHead) {
    head = newHead;
  }

  @Override
  List<Entry<E>> entries() {
    List<Entry<E>> entries = new ArrayList<>(Math.min(size() + 8, capacity));
    long from = freeze();
    try {
      Removal after = latest;
      // Beyond the first unpublished slot there is nothing whose insertion ended before this began.
      int run = published(from, capacity);
      for (long i = from; i < from + run; i++) {
        entries.add(new Place<>(Objects.requireNonNull(item(i), "published"), i, after));
      }
      return entries;
    } finally {
      unfreeze(from);
    }
  }

  @Override
  int removeAll(List<Entry<E>> entries) {
    if (entries.isEmpty()) {
      return 0;
    }
    List<Place<E>> places = new ArrayList<>(entries.size());
    for (Entry<E> entry : entries) {
      places.add(follow((Place<E>) entry)); // most of the way, while others go on
    }
    long from = freeze();
    long newHead = from; // for as long as something may be thrown, nothing has happened
    try {
      boolean[] chosen = new boolean[published(from, capacity)];
      int count = 0;
      for (Place<E> place : places) {
        long index = follow(place.index, place.after.next);
        if (index >= from && !chosen[(int) (index - from)]) {
          chosen[(int) (index - from)] = true;
          count++;
        }
      }
      if (count == 0) {
        return 0;
      }
      Removal removal = removal(from, chosen, count);
      moveUp(from, chosen);
      latest.next = removal;
      latest = removal;
      newHead = from + count;
    } finally {
      unfreeze(newHead);
    }
    afterRemoval();
    return (int) (newHead - from);
  }

  /** Where an item is now, or that it has left. */
  private Place<E> follow(Place<E> place) {
    long from = index(head);
    Removal now = latest;
    // It has moved by no more than were removed since, and what is inside is not before the head.
    if (place.index + now.total - place.after.total < from) {
      return new Place<>(place.item, GONE, now);
    }
    long index = place.index;
    for (Removal r = place.after; r != now; ) {
      r = Objects.requireNonNull(r.next, "each but the latest has a next one");
      index = r.moved(index);
    }
    return new Place<>(place.item, index, now);
  }

  /** Where an item is after some more removals. */
  private static long follow(long index, @Nullable Removal removal) {
    long now = index;
    for (Removal r = removal; r != null; r = r.next) {
      now = r.moved(now);
    }
    return now;
  }

  private Removal removal(long from, boolean[] chosen, int count) {
    long[] indices = new long[count];
    int found = 0;
    for (int i = 0; i < chosen.length; i++) {
      if (chosen[i]) {
        indices[found++] = from + i;
      }
    }
    return new Removal(indices, latest.total + count);
  }

  /** Moves up those that stay and lie before one that does not, and frees the slots at the head. */
  private void moveUp(long from, boolean[] chosen) {
    int last = chosen.length - 1;
    while (last >= 0 && !chosen[last]) {
      last--;
    }
    int to = last;
    for (int i = last; i >= 0; i--) {
      if (!chosen[i]) {
        items[(int) (from + to) & mask] = item(from + i);
        to--;
      }
    }
    for (int i = 0; i <= to; i++) {
      free(from + i);
    }
  }

  @Override
  int size() {
    while (true) {
      long left = head;
      long put = tail;
      if (head == left || index(head) == index(left)) {
        return (int) (index(put) - index(left));
      }
    }
  }

  @Override
  int capacity() {
    return capacity;
  }

  @Override
  int room() {
    return capacity - size();
  }

  // ------------------------------------------------------------------ close, leases, figures

  @Override
  void close(@Nullable Throwable cause) {
    closing.compareAndSet(null, new Closing(cause));
    while (true) {
      long end = tail;
      if (end < 0) {
        return;
      }
      if (TAIL.compareAndSet(this, end, end | FLAG)) {
        room.wakeAll();
        supply.wakeAll();
        return;
      }
    }
  }

  @Override
  boolean isClosed() {
    return tail < 0;
  }

  @Override
  boolean isDrained() {
    long end = tail;
    return end < 0 && index(end) == index(head);
  }

  @Override
  @Nullable Throwable cause() {
    Closing why = closing.get();
    return why == null ? null : why.cause;
  }

  @Override
  void release() {
    if (leased.getAndDecrement() == 1) {
      gate.look();
    }
  }

  /**
   * How many had been put in when this was idle, or -1 if it is not: empty when looked at, nothing
   * inserted until after it was seen that no lease is open; so at that moment it was empty still.
   */
  private long idleAt() {
    long end = puts();
    return index(head) == end && leased.get() == 0 && puts() == end ? end : -1;
  }

  private long puts() {
    return index(tail);
  }

  @Override
  boolean awaitIdle(Deadline deadline) throws InterruptedException {
    return gate.await(deadline);
  }

  @Override
  void resize(int newCapacity) {
    throw new UnsupportedOperationException(
        name() + " keeps its items in a ring of " + capacity + "; build it with resizable(true)");
  }

  @Override
  BufferStats stats() {
    long removed = latest.total;
    long dropped = evicted.sum();
    long left = index(head);
    long put = index(tail);
    int size = (int) Math.min(put - left, capacity);
    return new BufferStats(
        name(),
        capacity,
        size,
        Math.max(highWater, size),
        size,
        Long.MAX_VALUE,
        put,
        Math.max(0, left - removed - dropped),
        removed,
        meter.dropped.sum(),
        dropped,
        meter.rejected.sum(),
        leased.get(),
        isClosed(),
        meter.producers.blocked(),
        meter.consumers.blocked(),
        meter.producers.snapshot(),
        meter.consumers.snapshot());
  }
}
