// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who holds the read side of one lock, but for the first counted reader: the {@link ReaderSlots},
 * made when they are first needed, and a map for the readers that find none free among the few that
 * are theirs to try. Its entries go with the hold.
 *
 * <p>Thread-safe. Methods that change the holds of a thread are called by that thread; who asks for
 * those of another one gets a snapshot.
 */
final class ReaderTable {
  private static final VarHandle SLOTS;

  static {
    try {
      SLOTS = MethodHandles.lookup().findVarHandle(ReaderTable.class, "slots", ReaderSlots.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** A hold in the map; touched only by its thread but for reports. */
  static final class Hold {
    private static final long LEFT = -1;

    final Thread thread;
    long extra;

    /** The key, kept since to leave must not want memory. */
    private final Long id;

    Hold(Thread thread) {
      this.thread = thread;
      id = thread.threadId();
    }

    /** It is a hold no more, though it may still be in the map: to take it out can fail. */
    void leave() {
      extra = LEFT;
    }

    private boolean isHeld() {
      return extra != LEFT;
    }
  }

  /**
   * Equals the key of one thread at a time, for who is too short of memory to make that key. Never
   * put into a map.
   */
  private static final class Probe {
    private long id;

    @Override
    public int hashCode() {
      return Long.hashCode(id);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Long key && key == id;
    }
  }

  /** How far the bits of the slots are shifted up in the lock's state word. */
  private final int bitShift;

  private volatile @Nullable ReaderSlots slots;

  /** By thread id, a Long: a subclass of Thread may have its own idea of what is equal. */
  private final ConcurrentHashMap<Object, Hold> overflow = new ConcurrentHashMap<>();

  private final Probe probe = new Probe();

  private final LongAdder overflowReads = new LongAdder();

  /** Whether the map was ever used: spares the others the look-up. */
  private volatile boolean overflowed;

  ReaderTable(int bitShift) {
    this.bitShift = bitShift;
  }

  /** The slots, or null while there are none; while there are none, no bit is set either. */
  @Nullable ReaderSlots slots() {
    return slots;
  }

  /** The slots, made if need be. */
  ReaderSlots slotsMade() {
    ReaderSlots there = slots;
    if (there == null) {
      ReaderSlots made = new ReaderSlots(bitShift);
      ReaderSlots first = (ReaderSlots) SLOTS.compareAndExchange(this, null, made);
      there = first == null ? made : first;
    }
    return there;
  }

  /** The map entry by which {@code thread} holds, or null. */
  @Nullable Hold overflowHold(Thread thread) {
    if (!overflowed) {
      return null;
    }
    Hold hold = inOverflow(thread.threadId());
    return hold == null || !hold.isHeld() ? null : hold;
  }

  private @Nullable Hold inOverflow(long id) {
    try {
      return overflow.get(id);
    } catch (OutOfMemoryError e) { // whoever holds must be able to leave
      synchronized (probe) {
        probe.id = id;
        return overflow.get(probe);
      }
    }
  }

  /** Forgets a map entry that was left. */
  void forget(Hold hold) {
    overflow.remove(hold.id);
  }

  /** How often {@code thread} holds, in all places together. */
  long holds(Thread thread) {
    ReaderSlots there = slots;
    Hold hold = overflowHold(thread);
    return (there == null ? 0 : there.holds(thread)) + (hold == null ? 0 : 1 + hold.extra);
  }

  /**
   * Records that {@code thread}, already counted in the lock's state, holds. If this throws, memory
   * being short, nothing is left of it.
   */
  void record(Thread thread, long enabled) {
    if (!slotsMade().record(thread, enabled)) {
      overflowed = true;
      Hold hold = new Hold(thread);
      try {
        overflow.put(hold.id, hold);
        overflowReads.increment();
      } catch (Throwable e) {
        hold.leave();
        forget(hold);
        throw e;
      }
    }
  }

  /** All acquisitions recorded here so far; a snapshot. */
  long totalReads() {
    ReaderSlots there = slots;
    return (there == null ? 0 : there.totalReads()) + overflowReads.sum();
  }

  /** Every hold recorded here, at the cost of the caller only; a snapshot. */
  void forEachHolder(Consumer<LockHolder> action) {
    ReaderSlots there = slots;
    if (there != null) {
      there.forEachHolder(action);
    }
    for (Hold hold : overflow.values()) {
      long holds = 1 + hold.extra;
      if (holds > 0) {
        action.accept(LockHolder.of(hold.thread, LockHolder.Mode.READ, holds));
      }
    }
  }
}
