// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one lock: in each, one thread's read hold, on a cache line of its own.
 *
 * <p>A slot is three elements of an array, 16 apart from the next slot's, and is named by the index
 * of the first: an array rather than objects, because after a compare-and-set the processor has to
 * load again all it needs, and the object's address would be one load more in a chain that every
 * acquisition waits for.
 *
 * <ul>
 *   <li>The <b>word</b>, {@code thread id << 3 | mode}; 0 until a thread first uses the slot. It
 *       names the thread that last used the slot even while it is free, so that this thread's next
 *       acquisition is one compare-and-set from a value it can compute, on a line its core still
 *       owns.
 *   <li>The holds <b>beyond the first</b>, and the <b>reads</b> that went through the slot. Only
 *       the thread that holds the slot changes them; the word orders one holder after the other
 *       (compare-and-set to take, release store to give back). Who samples or reports reads them at
 *       any time, and may see a count that is not up to date.
 * </ul>
 *
 * <p>A thread may use the {@value #WINDOW} slots around its home slot, which follows from its id.
 * The protocol is described in {@link ReadWriteSync}.
 */
final class ReaderSlots {
  /** Bits for slots in the lock's state word; with more slots, several share one. */
  static final int BITS = 32;

  /** Free; the id is that of the last user. */
  static final int FREE = 0;

  /** Held, and seen by a writer only here. */
  static final int BIASED = 1;

  /** Held, and counted in the lock's state word as well. */
  static final int COUNTED = 2;

  /** Taken for a moment, to say whose it is from now on; not a hold. */
  static final int NAMING = 3;

  /** 16 longs from one slot to the next: two lines, since some processors fetch lines in pairs. */
  private static final int STRIDE_SHIFT = 4;

  /** Where in its stretch of longs a slot lies: away from what is before the array on the heap. */
  private static final int OFFSET = 8;

  private static final int EXTRA = 1;
  private static final int READS = 2;

  /** Beside the mode: there are holds beyond the first. So leaving looks at one word only. */
  private static final long NESTED = 4;

  private static final int MODE_BITS = 3;
  private static final long MODE_MASK = 3;
  private static final long ID_MASK = -1L << MODE_BITS;

  /** A power of two, and no more than fits into any number of slots. */
  static final int WINDOW = 4;

  private static final int MIN_SLOTS = 16;
  private static final int MAX_SLOTS = 256;

  /** Four to eight per processor: enough that busy threads rarely share a window's worth. */
  private static final int SLOTS =
      Math.clamp(
          Integer.highestOneBit(Runtime.getRuntime().availableProcessors() * 8 - 1),
          MIN_SLOTS,
          MAX_SLOTS);

  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle ID = MethodHandles.arrayElementVarHandle(ReaderId[].class);

  /** The slots themselves, for the fast path. */
  final long[] cells = new long[(SLOTS + 1) << STRIDE_SHIFT];

  /** Whose id is in the word; written after it, so that it may lag behind for an instant. */
  private final @Nullable ReaderId[] ids = new ReaderId[SLOTS];

  /** The reads of each slot as {@link #readsSinceLastAsked} last saw them; a writer's. */
  private final long[] readsSeen = new long[SLOTS];

  private long active;

  private final int bitShift;

  ReaderSlots(int bitShift) {
    this.bitShift = bitShift;
  }

  /** The home slot of a thread. */
  static int home(long threadId) {
    return (((int) threadId & (SLOTS - 1)) << STRIDE_SHIFT) | OFFSET;
  }

  /** The {@code i}th slot of the window around {@code home}; the 0th is {@code home}. */
  static int inWindow(int home, int i) {
    return home ^ (i << STRIDE_SHIFT);
  }

  private static int number(int slot) {
    return slot >>> STRIDE_SHIFT;
  }

  /** The bit of the lock's state word that lets the slot admit readers by itself. */
  static long bit(int slot, int bitShift) {
    return 1L << (bitShift + (number(slot) & (BITS - 1)));
  }

  /** The {@link #bit} of a thread's home slot, in fewer steps. */
  static long homeBit(long threadId, int bitShift) {
    return 1L << (bitShift + ((int) threadId & (Math.min(SLOTS, BITS) - 1)));
  }

  /** What the word is when {@code threadId} has left the slot free. */
  static long freeWord(long threadId) {
    return threadId << MODE_BITS;
  }

  static boolean isHeld(long word) {
    return (word & MODE_MASK) != FREE;
  }

  /** Whether {@code word} is a hold of the thread whose free word is {@code free}. */
  private static boolean isHeldBy(long free, long word) {
    return isHeld(word) && (word & ID_MASK) == free;
  }

  /** The word without ordering: enough to see one's own writes and to decide what to try. */
  static long word(long[] cells, int slot) {
    return (long) CELL.getOpaque(cells, slot);
  }

  /** Takes the slot; a volatile access, the first half of the protocol with writers. */
  static boolean take(long[] cells, int slot, long expected, long held) {
    return CELL.compareAndSet(cells, slot, expected, held);
  }

  /**
   * Gives the slot back: all the holder read and wrote comes before. What the caller loads next may
   * be loaded before others see the store, since no full fence is issued; the writer that might
   * miss its wake-up so has a timeout. The acquire fence, which is no instruction on x86 and a
   * light one elsewhere, promises nothing about that either, but keeps HotSpot's compiler from
   * moving the load up to before the store, where a thread could be descheduled in between for
   * long.
   */
  static void giveBack(long[] cells, int slot, long free) {
    CELL.setRelease(cells, slot, free);
    VarHandle.acquireFence();
  }

  /**
   * Gives back a slot that was taken too late to hold anything. What the caller loads next is
   * loaded afterwards: it decides whether it comes in by whether the writer may still have seen the
   * slot.
   */
  static void withdraw(long[] cells, int slot, long free) {
    CELL.setVolatile(cells, slot, free);
  }

  /** The holds beyond the first; the holder's, or a guess. */
  static long extra(long[] cells, int slot) {
    return cells[slot + EXTRA];
  }

  /** Changes the number of holds beyond the first; the holder's, whose word nobody else writes. */
  static void addExtra(long[] cells, int slot, int more) {
    long extra = cells[slot + EXTRA] + more;
    cells[slot + EXTRA] = extra;
    long word = word(cells, slot);
    CELL.setOpaque(cells, slot, extra == 0 ? word & ~NESTED : word | NESTED);
  }

  static void countRead(long[] cells, int slot) {
    cells[slot + READS]++;
  }

  /** A slot by which {@code thread} holds, or -1; exact if that is the calling thread. */
  int held(Thread thread) {
    long free = freeWord(thread.threadId());
    int home = home(thread.threadId());
    for (int i = 0; i < WINDOW; i++) {
      int slot = inWindow(home, i);
      if (isHeldBy(free, word(cells, slot))) {
        return slot;
      }
    }
    return -1;
  }

  /** How often {@code thread} holds in all slots together; exact if that is the calling thread. */
  long holds(Thread thread) {
    long free = freeWord(thread.threadId());
    int home = home(thread.threadId());
    long holds = 0;
    for (int i = 0; i < WINDOW; i++) {
      int slot = inWindow(home, i);
      if (isHeldBy(free, word(cells, slot))) {
        holds += 1 + extra(cells, slot);
      }
    }
    return holds;
  }

  /**
   * A slot of the window by which {@code thread} should try to come in, among those whose bit is in
   * {@code enabled}: its own if it left one, else another's that is free. -1 if it should rather
   * come in by the counter and have a slot of its own, or if none is free. A home that is free but
   * whose bit is not set, since its last user has ended or has not read for long, is as good as
   * unused: a thread that settled elsewhere would miss the fast path ever after.
   */
  int candidate(Thread thread, long enabled) {
    long free = freeWord(thread.threadId());
    int home = home(thread.threadId());
    int other = -1;
    boolean room = false;
    for (int i = 0; i < WINDOW; i++) {
      int slot = inWindow(home, i);
      long word = word(cells, slot);
      if (isHeld(word)) {
        continue;
      }
      boolean canEnter = (bit(slot, bitShift) & enabled) != 0;
      if (canEnter && word == free) {
        return slot;
      }
      if (word == 0 || (i == 0 && !canEnter)) {
        room = true;
      } else if (canEnter && other < 0) {
        other = slot;
      }
    }
    return room ? -1 : other;
  }

  /**
   * Where {@code thread} should settle: in its own slot if it left one, else at home if nobody has
   * a use for that ({@link #candidate}), else in a slot never used, else in another's that is free.
   * -1 if none is.
   */
  private int settle(Thread thread, long enabled) {
    long free = freeWord(thread.threadId());
    int home = home(thread.threadId());
    int unused = -1;
    int other = -1;
    for (int i = WINDOW - 1; i >= 0; i--) {
      int slot = inWindow(home, i);
      long word = word(cells, slot);
      if (word == free) {
        return slot;
      }
      if (word == 0 || (i == 0 && !isHeld(word) && (bit(slot, bitShift) & enabled) == 0)) {
        unused = slot;
      } else if (!isHeld(word)) {
        other = slot;
      }
    }
    return unused >= 0 ? unused : other;
  }

  /**
   * Records that {@code thread}, already counted in the lock's state, holds. False if all slots of
   * its window are taken.
   */
  boolean record(Thread thread, long enabled) {
    long mine = freeWord(thread.threadId());
    for (int tries = 0; tries < WINDOW; tries++) {
      int slot = settle(thread, enabled);
      if (slot < 0) {
        return false;
      }
      long word = word(cells, slot);
      ReaderId id = id(slot, thread);
      if (!isHeld(word) && take(cells, slot, word, mine | COUNTED)) {
        countRead(cells, slot);
        try {
          name(slot, id);
        } catch (Throwable e) { // the caller gives up the hold, which must not stay behind here
          giveBack(cells, slot, word); // whose it was, and is still named
          throw e;
        }
        return true;
      }
    }
    return false;
  }

  /**
   * The bit of a slot that {@code thread}, which is in, can use from now on: the one it holds or
   * left, else one that nobody has a use for, else home.
   */
  long reserve(Thread thread, long enabled) {
    long mine = freeWord(thread.threadId());
    int home = home(thread.threadId());
    for (int i = 0; i < WINDOW; i++) {
      int slot = inWindow(home, i);
      if ((word(cells, slot) & ID_MASK) == mine) {
        return bit(slot, bitShift);
      }
    }
    int slot = settle(thread, enabled);
    if (slot >= 0 && (slot == home || word(cells, slot) == 0)) {
      long word = word(cells, slot);
      ReaderId id = id(slot, thread);
      if (!isHeld(word) && take(cells, slot, word, mine | NAMING)) {
        // In any case it is given back, or would be taken for a hold; unnamed, to whom it was.
        long left = word;
        try {
          name(slot, id);
          left = mine;
        } finally {
          giveBack(cells, slot, left);
        }
        return bit(slot, bitShift);
      }
    }
    return bit(home, bitShift);
  }

  /**
   * Who {@code thread} is, for {@link #name}; a new object only if the slot was another's. To be
   * asked before the slot is taken, since memory may be short.
   */
  ReaderId id(int slot, Thread thread) {
    ReaderId id = (ReaderId) ID.getAcquire(ids, number(slot));
    return id != null && id.threadId == thread.threadId() ? id : new ReaderId(thread);
  }

  /** Says whose the slot is, which the caller has taken. */
  void name(int slot, ReaderId id) {
    if (ids[number(slot)] != id) {
      ID.setRelease(ids, number(slot), id);
    }
  }

  /**
   * Whether a slot behind {@code bit} is held by a thread that is not counted in the lock's state:
   * what a writer that has taken the bit away must wait for.
   */
  static boolean isHeldBiased(long[] cells, int bit) {
    for (int i = bit; i < SLOTS; i += BITS) {
      if (((long) CELL.getVolatile(cells, (i << STRIDE_SHIFT) | OFFSET) & MODE_MASK) == BIASED) {
        return true;
      }
    }
    return false;
  }

  /** How many reads went through the slots of {@code bits} since the last call; a writer's. */
  long readsSinceLastAsked(long bits) {
    long sum = 0;
    active = 0;
    for (long more = bits; more != 0; more &= more - 1) {
      for (int i = Long.numberOfTrailingZeros(more) - bitShift; i < SLOTS; i += BITS) {
        long reads = cells[((i << STRIDE_SHIFT) | OFFSET) + READS];
        if (reads != readsSeen[i]) {
          sum += reads - readsSeen[i];
          readsSeen[i] = reads;
          active |= more & -more;
        }
      }
    }
    return sum;
  }

  /** The bits of the slots that the last {@link #readsSinceLastAsked} found used; a writer's. */
  long active() {
    return active;
  }

  /** All acquisitions recorded here so far; a snapshot. */
  long totalReads() {
    long sum = 0;
    for (int i = 0; i < SLOTS; i++) {
      sum += cells[((i << STRIDE_SHIFT) | OFFSET) + READS];
    }
    return sum;
  }

  /** The holder in slot number {@code i}, or null; a snapshot. */
  private @Nullable LockHolder holder(int i) {
    int slot = (i << STRIDE_SHIFT) | OFFSET;
    long word = (long) CELL.getVolatile(cells, slot);
    if (!isHeld(word) || (word & MODE_MASK) == NAMING) {
      return null;
    }
    long threadId = word >>> MODE_BITS;
    long holds = 1 + Math.max(0, extra(cells, slot));
    ReaderId id = (ReaderId) ID.getAcquire(ids, i);
    if (id == null || id.threadId != threadId) {
      return null; // just arriving: it names the slot before its acquisition returns
    }
    Thread thread = id.get();
    return thread == null
        ? new LockHolder(null, id.name, threadId, id.virtual, LockHolder.Mode.READ, holds)
        : LockHolder.of(thread, LockHolder.Mode.READ, holds);
  }

  /** Every hold recorded here; a snapshot. */
  void forEachHolder(Consumer<LockHolder> action) {
    for (int i = 0; i < SLOTS; i++) {
      LockHolder holder = holder(i);
      if (holder != null) {
        action.accept(holder);
      }
    }
  }
}
