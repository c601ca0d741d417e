// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Owner;
import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.lock.BiasedReadWriteLock.Preference;
import dev.interleave.lock.LockWaitEvent.Outcome;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of {@link BiasedReadWriteLock}.
 *
 * <p>After BRAVO (Dave Dice and Alex Kogan, "BRAVO: Biased Locking for Reader-Writer Locks", USENIX
 * ATC 2019): while the lock is <em>biased</em> a reader announces itself in a slot of its own and
 * touches nothing shared; a writer first takes the bias away and then waits for the slots. What
 * differs from the paper: the slots belong to the lock and not to the process, they carry the
 * thread's id and hold count (which gives reentrancy and owners without a {@code ThreadLocal}), the
 * bias is a set of bits within the state word rather than a flag beside it, and it comes back by
 * counting reads per write instead of by a clock ({@link BiasRule}).
 *
 * <h2>The state word</h2>
 *
 * <pre>
 *   63     62       61 ... 30    29    28 ... 0
 *   WRITE  PENDING  BIAS         LEFT  READERS
 * </pre>
 *
 * <ul>
 *   <li><b>READERS</b>: how many threads hold the read lock by the counter. Each is also recorded
 *       by name: the first in {@link #firstReader}, the others in {@link ReaderTable}.
 *   <li><b>BIAS</b>: a bit per slot; if there are more than 32, several share one. While it is set,
 *       taking the slot is acquiring the read lock.
 *   <li><b>WRITE</b>: the writer {@link #getExclusiveOwnerThread owner} is in. Then BIAS and LEFT
 *       are 0, and READERS too unless the writer itself has acquired the read lock to downgrade.
 *       Nobody but the writer changes the word.
 *   <li><b>PENDING</b>: the writer {@link #getExclusiveOwnerThread owner} is next; it waits for the
 *       readers that are in. Then BIAS is 0.
 *   <li><b>WRITE and PENDING</b>, {@link #TRIAL}: the owner looks whether the slots are free, a few
 *       times at most, and then is in or pending; or a reader that waits for nobody has made it
 *       pending. Then all else is 0.
 *   <li><b>LEFT</b>: the slots of the bits in {@link #left} may be held, although their bits are
 *       not set: a pending or trying writer gave up under FAIR, or while somebody in line had lost
 *       patience.
 *   <li><b>PENDING and LEFT</b>, {@link #TRYING}: the owner is about to give up unless it finds the
 *       lock free now. No reader waits for it.
 * </ul>
 *
 * <p>WRITE and PENDING, in each of the three combinations, are called the <em>token</em>; it
 * belongs to one thread.
 *
 * <p>A word of 0 is a free lock that was never biased or lost its bias; then reader and writer
 * acquire by one compare-and-set, as in {@code ReentrantReadWriteLock}.
 *
 * <h2>Why a reader and a writer are never in together</h2>
 *
 * <p>A biased reader (1) takes its slot by compare-and-set, then (2) reads the state and is in if
 * its bit is set. A writer (3) clears all bits by the compare-and-set that sets the token, then (4)
 * reads the slots and is in only when each was seen free and READERS is 0, by a compare-and-set
 * from exactly TRIAL, PENDING or TRYING to WRITE. All four are volatile accesses, so they have one
 * total order (Dekker): if (2) does not see (3), then (1) comes before (4), and the writer sees the
 * slot taken. A slot once seen free stays free of biased holds while its bit is clear; a reader
 * that took it too late sees its bit clear, gives the slot back and comes in by the counter or
 * waits. Counted readers and writers exclude each other within the word alone.
 *
 * <p>If a pending writer gives up (timeout, interrupt, {@code tryLock}), slots may be held still
 * behind the bits that it had cleared, and the next writer has to look. So it sets the bits again;
 * but under FAIR, and if the first in line has lost its patience, it hands them on by LEFT.
 *
 * <h2>Why a reader and a writer do not both give way</h2>
 *
 * <p>A reader that came too late has held its slot for a moment, in which the writer may have seen
 * it taken. If now the reader failed because of the writer and the writer because of the slot,
 * nobody would have a lock that nobody had. So only a writer that stays makes a reader wait, or
 * fail:
 *
 * <ul>
 *   <li>A writer that will not wait says so before it looks (TRYING), by the compare-and-set that
 *       takes the token; one whose time is up says so then, and looks once more. A reader that
 *       finds it so comes in by the counter, unless it has to stand in line behind others, and the
 *       compare-and-set to WRITE fails.
 *   <li>The reader gives its slot back by a volatile store before it looks at the state again. If
 *       it does not see TRYING then, either TRYING is yet to come, and that writer will see the
 *       slot free; or it is over, and that writer is no longer in the reader's way.
 *   <li>{@code tryLock()}, which overtakes even those who stay, ends a trial by making the writer
 *       pending, and fails only if WRITE alone is set: then a writer is in. It must not wait for
 *       the end of the trial, nor take it for a writer that is in: the writer may lose its
 *       processor in the midst of it, and fail afterwards.
 * </ul>
 *
 * <p>A writer that is interrupted, or refused as an upgrade or by a detector, does not look again.
 * A reader that does not wait may have failed because of it; that takes effect while the writer had
 * the token.
 *
 * <h2>Where it takes effect</h2>
 *
 * <p>The points of linearization. A reader acquires by its read of the state in (2), which sees its
 * bit set, or by the compare-and-set that counts it; it releases by the store that gives its slot
 * back, or by the compare-and-set that takes it out of the count. A writer acquires by the
 * compare-and-set to WRITE, from 0 or from one of the words of the token, or, to downgrade, by the
 * store that counts it as a reader; it releases by the store to the state. Nested holds concern no
 * other thread. A reader's {@code tryLock()} fails by the read that finds WRITE alone. A writer's
 * fails by the read that finds somebody in, or the token taken, or a slot taken, though that may be
 * by a reader that has yet to do (2), and then is in or finds that it came too late: hence "another
 * thread is acquiring at that very moment" in the contract. A slot is given back without a fence,
 * so it may seem taken for some nanoseconds after its reader's {@code unlock()} has returned. An
 * optimistic read begins by the read of the version, and is confirmed by the second.
 *
 * <h2>What happens before what</h2>
 *
 * <p>Reader to writer: a biased reader leaves by a release store to its slot, which the writer
 * reads; a counted one by compare-and-set on the state. Writer to reader: the writer leaves by a
 * volatile store to the state, which every reader reads in (2) or by its compare-and-set.
 *
 * <h2>Waiting</h2>
 *
 * <p>The line, {@link TokenQueue}, is one for the <em>token</em>: readers and writers stand in it
 * only while the token is taken, or behind others who do. A writer never waits in it for readers:
 * it takes the token although readers are in, and waits for them outside the queue, alone. So the
 * release of the token wakes the queue; a leaving reader has to look only for that one writer.
 *
 * <p>Under READERS, where readers pass a pending writer, that one has the patience of who is first
 * in line, and then they pass no more: so nobody starves there either. One that has lost its
 * patience in line has none left; one that has not begins anew.
 *
 * <p>A biased reader leaves without a fence. Its store may still be in its core's buffer when it
 * reads the state and finds its bit set, while the writer has cleared the bit, has seen the slot
 * taken and parks: nobody would wake the writer. So the writer parks with a timeout, {@value
 * #FIRST_PARK} ns at first ({@value #YIELDING} on a virtual thread, which yields before) and twice
 * as long each time. The same holds for a reader that sees its bit cleared, but looks for the
 * writer before that has said that it parks. The window is some nanoseconds wide; a reader that
 * leaves after it wakes the writer. A fence would close the window and double the price of reading.
 *
 * <h2>Looking away</h2>
 *
 * <p>A reader that finds the token taken, or a writer in {@code lock()}, does not look again for
 * {@value #LOOK_AWAY} spin hints, and then once, or {@value #LOOKS} times on a lock with few
 * writes, before it stands in line. Each look takes the line of the state from the core that works
 * with it, which needs it back for each of its operations; undisturbed that one does a hundred of
 * them meanwhile. So threads take turns by the microsecond instead of by the operation, which makes
 * two of them twice as fast. The price is that who was unlucky comes in so much later; to be woken
 * would take longer. Under FAIR, where who came first is to be first, it does so only on a lock
 * with few writes.
 *
 * <h2>Where the time goes</h2>
 *
 * <p>Alone, a biased read has one locked instruction, a counted read two, a write one and the fence
 * of its volatile store. Behind each of these the processor begins anew with empty hands, so that
 * every instruction counts and a value that was loaded is late: hence the constants where the state
 * is known ({@link #leaveCount}, {@link #tryRelease}), and one word per slot that tells all that
 * leaving needs. What else was tried is in docs/lock.md.
 *
 * <h2>Want of stack</h2>
 *
 * <p>Between a step that changes the word and those that go with it (the owner, a reader's record),
 * nothing may be thrown. So whatever changes the word first asks for room on the stack ({@link
 * StackRoom}). Want of memory is met where memory is asked for.
 *
 * <h2>Optimistic reading</h2>
 *
 * <p>{@link #version} is a sequence lock's counter: odd while a writer is in.
 *
 * <h2>Who is in the way</h2>
 *
 * <p>Whoever is about to stand in line, or to wait for readers, registers with {@code Waits}, and
 * {@link #owners} answers for it. A reader waits for the owner of the token, in or pending, and so
 * does a writer in line. That the line itself goes on needs nobody: when the token is free, the
 * first in line gets in. A pending writer waits for each reader. When it gets the token it begins
 * to be in the way of others, although it goes on waiting: so it has the detectors look again.
 */
final class ReadWriteSync extends TokenQueue implements Resource {
  private static final long serialVersionUID = 1L;

  static final long WRITE = 1L << 63;
  static final long PENDING = 1L << 62;

  /** The word while the owner of the token looks whether it is in at once. */
  static final long TRIAL = WRITE | PENDING;

  static final int BIAS_SHIFT = 30;
  static final long LEFT = 1L << 29;
  static final long READERS = LEFT - 1;

  /** The word, but for READERS, while the owner of the token is in now or gives up. */
  static final long TRYING = PENDING | LEFT;

  static final long BIAS = ~(TOKEN | LEFT | READERS);

  /** The pending writer's first park, in nanoseconds; each next one is twice as long. */
  static final long FIRST_PARK = 20_000;

  /**
   * How long a pending writer on a virtual thread yields before it parks, and then parks at first.
   */
  private static final long YIELDING = 100_000;

  /** The pending writer's longest park, in nanoseconds. */
  private static final long LONGEST_PARK = 100_000_000;

  /** How often the owner of the token looks whether the readers are out, before it parks. */
  private static final int SPINS = MULTI_CORE ? 20 : 0;

  /**
   * Spin hints before a thread that has found the token taken looks again: 2.4 microseconds where a
   * hint takes 24 ns, as on AMD's Zen 5. Not a time, which stands still in a model checker.
   */
  private static final int LOOK_AWAY = 100;

  /** How often it looks again before it stands in line, on a lock with few writes; else once. */
  private static final int LOOKS = 2;

  /**
   * For {@link #writeExtra}: the owner of the token holds nothing that it could release. By that a
   * writer that leaves knows that it is in; to ask the state, too, costs it a tenth.
   */
  private static final long NOT_IN = -1;

  /** What waiters want, for reports. */
  private static final String READING = LockHolder.Mode.READ.name();

  private static final String WRITING = LockHolder.Mode.WRITE.name();

  /** How the owner of the token holds it while it waits for readers. */
  private static final String PENDING_WRITE = "WRITE (waiting for readers)";

  private static final VarHandle VERSION;

  static {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    try {
      VERSION = lookup.findVarHandle(ReadWriteSync.class, "version", long.class);
      StackRoom.initialize(
          lookup,
          ReaderSlots.class,
          Drained.class,
          Outcome.class,
          Wait.class,
          Wait.Exit.class,
          Waits.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final String name;
  private final Preference preference;
  private final boolean biased;
  private final transient ReaderTable table = new ReaderTable(BIAS_SHIFT);
  private final transient WaitStats waits = new WaitStats();
  private final transient BiasRule rule;

  // ---- written by whoever has the token

  /**
   * The writer's holds beyond the first; {@link #NOT_IN} while the owner of the token waits, looks
   * or tries; 0 while nobody has the token.
   */
  private long writeExtra;

  /** Odd while a writer is in; never 0. */
  private volatile long version = 2;

  /** The bits taken away by the pending writer. */
  private long revoked;

  /** What LEFT stands for; written before LEFT is set, read by the one who clears it. */
  private long left;

  /** The bits that the writer in charge will set when it leaves. */
  private long rearm;

  // ---- written by readers

  /** The slots, once a bit was set: written before, read by who has seen it. */
  private transient long @Nullable [] cells;

  /**
   * The reader that made the count go from 0 to 1, while it holds; as in ReentrantReadWriteLock.
   */
  private transient @Nullable Thread firstReader;

  /** Its holds beyond the first. */
  private long firstExtra;

  /** Acquisitions by first readers, who follow each other through the state word. */
  private long firstReads;

  // ---- shared on the slow path

  /** The pending writer, while it is parked or about to be. */
  private transient volatile @Nullable Thread drainer;

  /** Under READERS: the pending writer has lost its patience, and no reader passes it. */
  private volatile boolean drainerImpatient;

  ReadWriteSync(String name, Preference preference, boolean biased) {
    super(preference);
    this.name = name;
    this.preference = preference;
    this.biased = biased;
    rule = new BiasRule(preference != Preference.FAIR);
  }

  // ------------------------------------------------------------------ reading

  /**
   * Acquires the read lock at once, or returns false; never waits, and overtakes only where it may.
   */
  boolean tryRead(Thread t, long @Nullable [] cells) {
    long s = getState();
    StackRoom.require(s);
    if (s == 0) {
      if (!mustQueue(READER) && compareAndSetState(0, 1)) {
        enteredFirst(t);
        if (BiasRule.isComplete(firstReads)) {
          learn(t);
        }
        return true;
      }
    } else if (cells != null) {
      int home = ReaderSlots.home(t.threadId());
      long free = ReaderSlots.freeWord(t.threadId());
      long bit = ReaderSlots.homeBit(t.threadId(), BIAS_SHIFT);
      if ((s & bit) != 0
          && ReaderSlots.word(cells, home) == free
          && enterBiased(cells, home, bit, free, free)) {
        return true;
      }
    }
    return tryReadSlow(t);
  }

  /** What the fast paths need of the slots, or null while there are none. */
  long @Nullable [] cells() {
    ReaderSlots slots = table.slots();
    return slots == null ? null : slots.cells;
  }

  private static long bit(int slot) {
    return ReaderSlots.bit(slot, BIAS_SHIFT);
  }

  private boolean tryReadSlow(Thread t) {
    if (enterAgainOrBiased(t)) {
      return true;
    }
    if (getExclusiveOwnerThread() == t) { // it tells a listener before it waits for the readers
      return tryReadBarging(t);
    }
    if (tryAcquireShared(0) < 0) {
      return false;
    }
    enteredCounted(t);
    return true;
  }

  /**
   * As {@link #tryRead}, but overtakes everybody who waits, and a writer on trial: for {@code
   * tryLock()}. Fails only while a writer is in.
   */
  boolean tryReadBarging(Thread t) {
    StackRoom.require(t.threadId());
    if (enterAgainOrBiased(t)) {
      return true;
    }
    for (long s = getState(); !isIn(s); s = getState()) {
      if (compareAndSetState(s, oneMore(s))) {
        markFirst(t, s);
        enteredCounted(t);
        return true;
      }
    }
    return false;
  }

  /** Acquires the read lock, waiting as long as it takes. An interrupt is kept for later. */
  void lockRead(Thread t, long @Nullable [] cells) {
    if (!tryRead(t, cells)) {
      waitToRead(t);
    }
  }

  /**
   * The rest, apart: the compiler then keeps what its caller works with in registers up to here,
   * instead of putting all of it on the stack behind each compare-and-set.
   */
  private void waitToRead(Thread t) {
    if (spinToRead(t)) {
      return;
    }
    WaitStats.Begun wait = waits.begin(this, LockHolder.Mode.READ, Wait.Exit.REFUSAL);
    try {
      if (!enterAgainOrBiased(t)) { // a listener that was told may have kept what it acquired
        acquireShared(ticket());
        leftQueue();
        enteredCounted(t);
      }
      wait.acquired();
    } finally {
      bePatient();
      wait.leave();
    }
  }

  /**
   * Acquires the read lock unless the time runs out first.
   *
   * @param nanos how long to wait at most; {@code timed} false waits for ever
   */
  boolean lockRead(Thread t, long @Nullable [] cells, boolean timed, long nanos)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (tryRead(t, cells)) {
      return true;
    }
    if (timed && nanos <= 0) {
      return false;
    }
    long deadline = deadline(nanos);
    if (spinToRead(t)) {
      return true;
    }
    WaitStats.Begun wait = waits.begin(this, LockHolder.Mode.READ, exit(timed));
    try {
      if (!enterAgainOrBiased(t)) { // as above
        if (!timed) {
          acquireSharedInterruptibly(ticket());
        } else if (!tryAcquireSharedNanos(ticket(), deadline - System.nanoTime())) {
          wait.timedOut();
          return false;
        }
        leftQueue();
        enteredCounted(t);
      }
      wait.acquired();
      return true;
    } catch (InterruptedException e) {
      throw wait.interrupted(e);
    } finally {
      bePatient();
      wait.leave();
    }
  }

  /** When so many nanoseconds are over; may wrap, only differences count. */
  private static long deadline(long nanos) {
    return System.nanoTime() + Math.min(nanos, Deadline.MAX_NANOS);
  }

  private static Wait.Exit exit(boolean timed) {
    return timed ? Wait.Exit.TIMEOUT : Wait.Exit.INTERRUPT;
  }

  /** Waits a little for the writer to leave, before standing in line; see "Looking away". */
  private boolean spinToRead(Thread t) {
    for (int looks = looks(); looks > 0; looks--) {
      lookAway(LOOK_AWAY);
      if ((getState() & TOKEN) == 0 && tryReadSlow(t)) {
        return true;
      }
    }
    return false;
  }

  private int looks() {
    if (!MULTI_CORE) {
      return 0;
    }
    if (rule.isReadMostly(version)) {
      return LOOKS;
    }
    return preference == Preference.FAIR ? 0 : 1;
  }

  /**
   * Releases one hold of the read lock, if {@code t} has one that is easily found: by its home
   * slot, not nested, or as the first counted reader.
   */
  boolean unlockReadFast(Thread t, long @Nullable [] cells) {
    StackRoom.require(t.threadId());
    if (cells != null) {
      int home = ReaderSlots.home(t.threadId());
      long free = ReaderSlots.freeWord(t.threadId());
      if (ReaderSlots.word(cells, home) == (free | ReaderSlots.BIASED)) {
        leaveBiased(cells, home, ReaderSlots.homeBit(t.threadId(), BIAS_SHIFT), free);
        return true;
      }
    }
    if (firstReader != t) {
      return false;
    }
    if (firstExtra > 0) {
      firstExtra--;
    } else {
      firstReader = null;
      leaveCount();
    }
    return true;
  }

  /**
   * Releases one hold of the read lock, after {@link #unlockReadFast} has found none.
   *
   * @throws IllegalMonitorStateException if {@code t} has none
   */
  void unlockReadSlow(Thread t) {
    ReaderSlots slots = table.slots();
    int slot = slots == null ? -1 : slots.held(t);
    if (slots != null && slot >= 0) {
      leaveSlot(t, slots.cells, slot);
      return;
    }
    ReaderTable.Hold hold = table.overflowHold(t);
    if (hold == null) {
      throw new IllegalMonitorStateException(
          LockHolder.describe(t) + " does not hold the read lock of " + name);
    }
    if (hold.extra > 0) {
      hold.extra--;
    } else {
      hold.leave(); // whatever becomes of the rest, this thread holds no more by it
      leaveCount();
      table.forget(hold);
    }
  }

  private void leaveSlot(Thread t, long[] cells, int slot) {
    if (ReaderSlots.extra(cells, slot) > 0) {
      ReaderSlots.addExtra(cells, slot, -1);
      return;
    }
    long free = ReaderSlots.freeWord(t.threadId());
    if (ReaderSlots.word(cells, slot) == (free | ReaderSlots.COUNTED)) {
      ReaderSlots.giveBack(cells, slot, free);
      leaveCount();
    } else {
      leaveBiased(cells, slot, bit(slot), free);
    }
  }

  private void leaveBiased(long[] cells, int slot, long bit, long free) {
    ReaderSlots.giveBack(cells, slot, free);
    if ((getState() & bit) == 0) {
      wakeDrainer(); // a writer has come
    }
  }

  private void leaveCount() {
    for (; ; ) {
      long s = getState();
      if (s == 1) { // nobody else: constants do not wait for what was loaded
        if (compareAndSetState(1, 0)) {
          return;
        }
      } else if (compareAndSetState(s, s - 1)) {
        if ((s & (PENDING | READERS)) == (PENDING | 1)) {
          wakeDrainer();
        }
        return;
      }
    }
  }

  /** How often {@code t} holds the read lock; exact if that is the calling thread. */
  long readHolds(Thread t) {
    return (firstReader == t ? 1 + firstExtra : 0) + table.holds(t);
  }

  private boolean enterAgainOrBiased(Thread t) {
    return reenter(t) || downgrade(t) || enterByOtherSlot(t);
  }

  /**
   * Whether {@code t} holds the read lock already; then it holds it once more. The fast path does
   * not ask: a thread that holds by the counter may come in by its slot as well. Its holds are the
   * sum over all places, and it may leave by any.
   */
  private boolean reenter(Thread t) {
    if (firstReader == t) {
      firstExtra++;
      return true;
    }
    ReaderSlots slots = table.slots();
    if (slots != null) {
      int slot = slots.held(t);
      if (slot >= 0) {
        ReaderSlots.addExtra(slots.cells, slot, 1);
        return true;
      }
    }
    ReaderTable.Hold hold = table.overflowHold(t);
    if (hold != null) {
      hold.extra++;
      return true;
    }
    return false;
  }

  /** Whether {@code t} is the writer; then it becomes the one reader as well. */
  private boolean downgrade(Thread t) {
    long s = getState();
    if (!isWriter(t, s)) {
      return false;
    }
    setState(s + 1); // nobody else changes the state while WRITE is set
    markFirst(t, s);
    return true;
  }

  private boolean enterByOtherSlot(Thread t) {
    long enabled = getState() & BIAS;
    if (enabled == 0) {
      return false;
    }
    ReaderSlots slots = table.slots();
    int slot = slots == null ? -1 : slots.candidate(t, enabled);
    if (slots == null || slot < 0) {
      return false;
    }
    ReaderId id = slots.id(slot, t);
    long word = ReaderSlots.word(slots.cells, slot);
    long bit = bit(slot);
    if (ReaderSlots.isHeld(word)
        || !enterBiased(slots.cells, slot, bit, word, ReaderSlots.freeWord(t.threadId()))) {
      return false;
    }
    try {
      slots.name(slot, id);
    } catch (Throwable e) { // the caller is not in, and the slot still another's
      leaveBiased(slots.cells, slot, bit, word);
      throw e;
    }
    return true;
  }

  private boolean enterBiased(long[] cells, int slot, long bit, long from, long free) {
    if (!ReaderSlots.take(cells, slot, from, free | ReaderSlots.BIASED)) {
      return false;
    }
    if ((getState() & bit) != 0) {
      ReaderSlots.countRead(cells, slot);
      return true;
    }
    ReaderSlots.withdraw(cells, slot, from); // a writer came first; perhaps it saw the slot taken
    wakeDrainer();
    return false;
  }

  /** The queue's shared acquisition: by the counter. The caller records the hold. */
  @Override
  protected long tryAcquireShared(long ticket) {
    for (; ; ) {
      long s = getState();
      if ((s & TOKEN) != 0 && !passesToken(s)) {
        overtaken(ticket);
        return -1;
      }
      if (mustQueue(READER)) {
        return -1;
      }
      if (compareAndSetState(s, oneMore(s))) {
        markFirst(Thread.currentThread(), s);
        return 1;
      }
    }
  }

  /** The state {@code s}, in which no writer is in, with one more reader: a trial fails by that. */
  private static long oneMore(long s) {
    if ((s & READERS) == READERS) {
      throw new Error("More than " + READERS + " readers at once");
    }
    return s == TRIAL ? PENDING | 1 : s + 1;
  }

  /** Whether a writer is in by the state {@code s}; leaving, it is until the state is set. */
  private static boolean isIn(long s) {
    return (s & TOKEN) == WRITE;
  }

  /** Whether a reader that arrives may be counted although the token is taken. */
  private boolean passesToken(long s) {
    return !isIn(s) && ((s & LEFT) != 0 || passesPending());
  }

  private boolean passesPending() {
    return preference == Preference.READERS && !drainerImpatient;
  }

  private void markFirst(Thread t, long before) {
    if ((before & READERS) == 0) {
      enteredFirst(t);
    }
  }

  private void enteredFirst(Thread t) {
    firstReader = t;
    firstReads++;
  }

  /** Records a hold that has just been counted. */
  private void enteredCounted(Thread t) {
    if (firstReader != t) {
      try {
        table.record(t, getState() & BIAS);
      } catch (Throwable e) { // out of memory: a hold without a record could never be released
        leaveCount();
        throw e;
      }
    }
    learn(t);
  }

  /** A counted reader that is in looks whether the lock should be biased, or become more so. */
  private void learn(Thread t) {
    if (biased && (wroteNobodyLately(t) || (getState() & BIAS) != 0) && mayBias()) {
      try {
        ReaderSlots slots = table.slotsMade();
        cells = slots.cells;
        arm(slots.reserve(t, getState() & BIAS));
      } catch (OutOfMemoryError | StackOverflowError e) {
        // The hold stands, and the lock works without the bias: a later reader tries again.
      }
    }
  }

  /** Whether the last counted reads were enough just now to judge by, and without a write. */
  private boolean wroteNobodyLately(Thread t) {
    long reads = firstReader == t ? firstReads : rule.countOther();
    return BiasRule.isComplete(reads) && rule.wroteNobodySince(version);
  }

  private void arm(long bit) {
    for (long s = getState(); (s & (TOKEN | bit)) == 0 && mayBias(); s = getState()) {
      if (compareAndSetState(s, s | bit)) {
        return;
      }
    }
  }

  // ------------------------------------------------------------------ writing

  /** Acquires the write lock if it is free and was not biased, or held by {@code t} already. */
  private boolean tryWriteFast(Thread t) {
    long s = getState();
    StackRoom.require(s);
    if (s == 0) {
      if (!mustQueue(WRITER) && compareAndSetState(0, WRITE)) {
        setExclusiveOwnerThread(t);
        beginWrite();
        return true;
      }
    } else if (isWriter(t, s)) {
      writeExtra++;
      return true;
    }
    return false;
  }

  /** Acquires the write lock if nobody holds it, overtaking everybody who waits. */
  boolean tryWriteBarging(Thread t) {
    StackRoom.require(t.threadId());
    return tryWrite(t, true);
  }

  /**
   * Acquires the write lock if nobody holds it; never waits.
   *
   * @param barging whether to overtake everybody who waits
   */
  private boolean tryWrite(Thread t, boolean barging) {
    if (isWriter(t)) {
      writeExtra++;
      return true;
    }
    if ((barging || !mustQueue(WRITER)) && takeTokenToTry(t)) {
      return drainOrGiveUp(t);
    }
    refuseUpgrade(t);
    return false;
  }

  /**
   * Takes the token, to be in now or give it back. False if somebody is in or has the token, seen
   * without disturbing the readers.
   */
  boolean takeTokenToTry(Thread t) {
    for (; ; ) {
      long s = getState();
      if ((s & (TOKEN | READERS)) != 0 || isHeldBiased(s & BIAS)) {
        return false;
      }
      if (compareAndSetState(s, s == 0 ? WRITE : TRYING)) {
        tookToken(t, s);
        return true;
      }
    }
  }

  /** The rest, with the token. */
  boolean drainOrGiveUp(Thread t) {
    if (drainAtOnce()) {
      return true;
    }
    refuseUpgrade(t);
    release(0);
    return false;
  }

  /** Acquires the write lock, waiting as long as it takes. An interrupt is kept for later. */
  void lockWrite(Thread t) {
    if (tryWriteFast(t)) {
      return;
    }
    if (tryAcquire(0) && spinToDrain()) {
      return;
    }
    refuseUpgrade(t);
    if (getExclusiveOwnerThread() != t && spinToWrite() && spinToDrain()) {
      return;
    }
    WaitStats.Begun wait = beginToWait(t, Wait.Exit.REFUSAL);
    try {
      if (!hasKept(t)) {
        refuseUpgrade(t);
        if (getExclusiveOwnerThread() != t) {
          acquire(ticket());
        }
        drain(t, false, 0, false, wait.registered);
      }
      wait.acquired();
    } catch (RuntimeException e) {
      throw wait.refused(e);
    } finally {
      bePatient();
      wait.leave();
    }
  }

  /**
   * Acquires the write lock unless the time runs out first.
   *
   * @param nanos how long to wait at most; {@code timed} false waits for ever
   */
  boolean lockWrite(Thread t, boolean timed, long nanos) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (tryWriteFast(t)) {
      return true;
    }
    if (timed && nanos <= 0) {
      return tryWrite(t, false);
    }
    if (tryAcquire(0) && drainAtOnce()) {
      return true;
    }
    refuseUpgrade(t);
    long deadline = deadline(nanos);
    WaitStats.Begun wait = beginToWait(t, exit(timed));
    try {
      if (hasKept(t)) {
        wait.acquired();
        return true;
      }
      refuseUpgrade(t);
      if (getExclusiveOwnerThread() != t) {
        if (!timed) {
          acquireInterruptibly(ticket());
        } else if (!tryAcquireNanos(ticket(), deadline - System.nanoTime())) {
          wait.timedOut();
          return false;
        }
      }
      Drained end = drain(t, timed, deadline, true, wait.registered);
      if (end == Drained.INTERRUPTED) {
        throw new InterruptedException();
      }
      if (end == Drained.TIMED_OUT) {
        wait.timedOut();
        return false;
      }
      wait.acquired();
      return true;
    } catch (InterruptedException e) {
      throw wait.interrupted(e);
    } catch (RuntimeException e) {
      throw wait.refused(e);
    } finally {
      bePatient();
      wait.leave();
    }
  }

  /**
   * Releases one hold of the write lock.
   *
   * @throws IllegalMonitorStateException if {@code t} has none
   */
  void unlockWrite(Thread t) {
    long extra = writeExtra; // another thread's, if t is not the owner
    StackRoom.require(extra);
    if (getExclusiveOwnerThread() == t && extra == 0) { // in, and the state not looked at yet
      release(0);
    } else {
      requireWriter(t);
      writeExtra--;
    }
  }

  /** Whether {@code t}, the calling thread, is in as a writer, and not only next. */
  private boolean isWriter(Thread t) {
    return isWriter(t, getState());
  }

  private boolean isWriter(Thread t, long s) {
    return isIn(s) && getExclusiveOwnerThread() == t;
  }

  /** How often {@code t}, the calling thread, holds the write lock. */
  long writeHolds(Thread t) {
    return isWriter(t) ? 1 + writeExtra : 0;
  }

  /** The queue's exclusive acquisition: of the token, although readers may be in. */
  @Override
  protected boolean tryAcquire(long ticket) {
    for (; ; ) {
      long s = getState();
      if ((s & TOKEN) != 0) {
        overtaken(ticket);
        return mustWait(ticket);
      }
      if (mustQueue(WRITER)) {
        return mustWait(ticket);
      }
      long readers = s & READERS;
      if (compareAndSetState(s, s == 0 ? WRITE : readers == 0 ? TRIAL : PENDING | readers)) {
        tookToken(Thread.currentThread(), s);
        return true;
      }
    }
  }

  /**
   * False, unless the caller comes back from a condition: then its wait is another one now, and the
   * listener that was told of that may have kept the lock.
   */
  private boolean mustWait(long ticket) {
    if (ticket < 0) {
      WriteCondition.wantsLockAgain(this);
      return hasKept(Thread.currentThread());
    }
    return false;
  }

  /** Gives the token back: the writer leaves, or a pending one gives up. */
  @Override
  protected boolean tryRelease(long ignored) {
    setExclusiveOwnerThread(null);
    long s = getState();
    long v = version;
    if (s == WRITE && rearm == 0) {
      VERSION.setRelease(this, v + 1);
      setState(0); // as below, but a constant does not wait for what was loaded
    } else if (isIn(s)) {
      long bits = rearm;
      if (bits != 0) {
        rearm = 0;
        bits = mayBias() ? bits : 0;
      }
      VERSION.setRelease(this, v + 1);
      setState((s & READERS) | bits);
    } else {
      writeExtra = 0;
      long bits = revoked;
      if (bits != 0 && (preference == Preference.FAIR || !mayBias())) {
        left = bits;
        bits = LEFT;
      }
      while (!compareAndSetState(s, (s & READERS) | bits)) {
        s = getState();
      }
    }
    return true;
  }

  @Override
  protected boolean isHeldExclusively() {
    return isWriter(Thread.currentThread());
  }

  private void tookToken(Thread t, long before) {
    setExclusiveOwnerThread(t);
    if (before == 0) {
      beginWrite();
    } else {
      writeExtra = NOT_IN;
      revoked = (before & BIAS) | ((before & LEFT) == 0 ? 0 : left);
    }
  }

  private void beginWrite() {
    VERSION.setOpaque(this, version | 1); // not + 1: if an error has left it odd, this heals it
    VarHandle.storeStoreFence(); // the version is odd before the writer's first store
  }

  /**
   * Throws if {@code t} holds the read lock: it would wait for itself. A thread that gets in at
   * once need not ask, since then nobody reads.
   */
  private void refuseUpgrade(Thread t) {
    long holds;
    try {
      holds = readHolds(t);
    } catch (Throwable e) { // out of memory
      giveTokenBack(t);
      throw e;
    }
    if (holds > 0) {
      giveTokenBack(t);
      throw new LockUpgradeException(name, LockHolder.of(t, LockHolder.Mode.READ, holds));
    }
  }

  /** As above, unless nothing ends the wait. */
  private void refuseUpgrade(Thread t, Wait wait) {
    if (wait.exit() != Wait.Exit.NONE) {
      refuseUpgrade(t);
    }
  }

  /** If {@code t} has it, but is not in: nobody else can. */
  private void giveTokenBack(Thread t) {
    if (getExclusiveOwnerThread() == t && !isWriteLocked()) {
      if (drainer != null) {
        stopDraining();
      }
      release(0);
    }
  }

  /** As {@link #spinToRead}, for the token. */
  private boolean spinToWrite() {
    for (int looks = looks(); looks > 0; looks--) {
      lookAway(LOOK_AWAY);
      if ((getState() & TOKEN) == 0 && tryAcquire(0)) {
        return true;
      }
    }
    return false;
  }

  /**
   * As {@link #drainAtOnce}, but gives the readers that are in a moment to leave, before the wait
   * is made known and a trial fails: to become pending and then the writer costs two more writes to
   * the line that all readers look at.
   */
  private boolean spinToDrain() {
    for (int i = 0; i < SPINS && isReadLocked(); i++) {
      Thread.onSpinWait();
    }
    return drainAtOnce();
  }

  /** Asked by the owner of the token: whether it is kept from being in. */
  private boolean isReadLocked() {
    long s = getState();
    return !isIn(s) && ((s & READERS) != 0 || isHeldBiased(revoked));
  }

  /** Counts a wait that begins, perhaps with the token in hand. */
  private WaitStats.Begun beginToWait(Thread t, Wait.Exit exit) {
    try {
      return waits.begin(this, LockHolder.Mode.WRITE, exit);
    } catch (Throwable e) { // a deadlock, or out of memory
      giveTokenBack(t);
      throw e;
    }
  }

  /**
   * Asked by who waits to write when a detector's listener may have been told in its name: whether
   * that has kept the write lock. The hold that is waited for comes on top of it. A read hold that
   * it has kept makes an upgrade of the wait.
   */
  private boolean hasKept(Thread t) {
    if (!isWriter(t)) {
      return false;
    }
    writeExtra++;
    return true;
  }

  /** How a pending writer's wait for the readers ended. */
  private enum Drained {
    ACQUIRED,
    TIMED_OUT,
    INTERRUPTED
  }

  /**
   * Whether the owner of the token is in, or gets in without waiting. If not, it is not on trial
   * any more.
   */
  boolean drainAtOnce() {
    long s = getState();
    if (isIn(s)) {
      return true;
    }
    if (isHeldBiased(revoked)) {
      if (s == TRIAL) {
        compareAndSetState(TRIAL, PENDING); // else a reader has done it, and is in
      }
      return false;
    }
    // A trial that a reader has ended goes on as a wait. TRYING stays what it is.
    if ((s & (BIAS | READERS)) != 0
        || !(compareAndSetState(s, WRITE) || (s == TRIAL && compareAndSetState(PENDING, WRITE)))) {
      return false;
    }
    writeExtra = 0; // before any call, which could want stack: whoever is in can release it
    beginRevokedWrite();
    return true;
  }

  /**
   * Whether the pending writer, whose time is up, gets in now: says that it will not wait any more
   * and then looks for the last time. See "Why a reader and a writer do not both give way".
   */
  boolean drainForTheLastTime() {
    return compareAndSetState(PENDING, TRYING) && drainAtOnce();
  }

  /** Whether the bias, by which readers overtake those who wait, would be no injustice now. */
  private boolean mayBias() {
    return (preference != Preference.FAIR && !isSomebodyImpatient()) || !hasQueuedThreads();
  }

  /** The writer is in, having taken away the bias or waited for readers. */
  private void beginRevokedWrite() {
    if (drainer != null) {
      stopDraining(); // within a wait of the same thread, whose listener was told
    }
    beginWrite();
    long bits = revoked;
    if (bits != 0) {
      rearm = rule.revoked(bits, version, firstReads, table);
    }
  }

  private boolean isHeldBiased(long bits) {
    if (bits == 0) {
      return false;
    }
    long[] seen = cells; // seen, if a bit was
    long[] slots = seen != null ? seen : table.slotsMade().cells;
    for (long more = bits; more != 0; more &= more - 1) {
      if (ReaderSlots.isHeldBiased(slots, Long.numberOfTrailingZeros(more) - BIAS_SHIFT)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Waits, with the token, until the readers are out; then this is the writer. If it gives up, the
   * token is given back.
   *
   * @param wait under which this is registered. If nothing ends that ({@code Exit.NONE}), neither
   *     does anything that is thrown meanwhile, as the caller of a condition's wait relies on
   *     having the lock: want of memory or stack is passed over, all else thrown with the lock
   */
  private Drained drain(Thread t, boolean timed, long deadline, boolean interruptible, Wait wait) {
    if (wait.exit() != Wait.Exit.NONE && getExclusiveOwnerThread() == t && drainAtOnce()) {
      return Drained.ACQUIRED;
    }
    Drained end = null;
    Throwable late = null;
    boolean interrupted = false;
    boolean known = false; // that this thread is in the way of others
    boolean told = false; // a listener, perhaps, and not yet asked what it has kept
    int spins = 0;
    long start = System.nanoTime();
    long park = FIRST_PARK;
    keepTurn(t);
    while (end == null) {
      try {
        if (getExclusiveOwnerThread() != t) {
          refuseUpgrade(t, wait);
          known = false;
          told = false; // before what may throw with the token: there is nothing kept then
          end = takeTokenAgain(timed, deadline, interruptible);
        } else if (told) {
          if (hasKept(t)) {
            end = Drained.ACQUIRED;
          } else {
            refuseUpgrade(t, wait);
          }
          told = false;
        } else if (drainAtOnce()) {
          end = Drained.ACQUIRED;
        } else if (spins < SPINS) {
          spins++;
          Thread.onSpinWait();
        } else if (!known) {
          known = true;
          if (preference == Preference.READERS && hasQueuedThreads()) {
            wakeNext(); // readers that stood in line when a writer was in pass this one
          }
          if (t.isVirtual()) {
            park = YIELDING;
            if (yieldToDrain(timed ? Math.min(YIELDING, deadline - start) : YIELDING)) {
              end = Drained.ACQUIRED;
              continue;
            }
          }
          told = true;
          wait.goOn(WRITING); // others wait for this thread from now on: see "Who is in the way"
        } else if (drainer != t) {
          drainer = t; // and looks once more
        } else {
          long now = System.nanoTime();
          if (timed && deadline - now <= 0) {
            end = drainForTheLastTime() ? Drained.ACQUIRED : Drained.TIMED_OUT;
          } else if (losesPatience(start, now)) {
            drainerImpatient = true;
            told = true;
            wait.check(); // it is in the way of more threads now
          } else {
            LockSupport.parkNanos(this, Math.min(park, untilNextAct(timed, deadline, start, now)));
            park = Math.min(2 * park, LONGEST_PARK);
            if (Thread.interrupted()) {
              interrupted = true;
              end = interruptible ? Drained.INTERRUPTED : null;
            }
          }
        }
      } catch (Throwable e) { // a deadlock, a listener, or want of memory or stack
        if (wait.exit() != Wait.Exit.NONE) {
          giveTokenBack(t);
          if (interrupted) {
            t.interrupt();
          }
          throw e;
        }
        late = e instanceof VirtualMachineError ? late : e;
      }
    }
    if (end != Drained.ACQUIRED) {
      giveTokenBack(t);
    } else if ((version & 1) == 0) {
      beginWrite(); // what was passed over kept it from that
    }
    if (interrupted && end != Drained.INTERRUPTED) {
      t.interrupt();
    }
    if (late != null) {
      throwUnchecked(late);
    }
    return end;
  }

  /**
   * The calling thread has come out of the line, where it may have lost its patience: then nobody
   * passes it while it is pending, either.
   */
  private void keepTurn(Thread t) {
    if (preference == Preference.READERS
        && isImpatient(t)
        && getExclusiveOwnerThread() == t
        && !isIn(getState())) {
      drainer = t; // whoever ends being that takes back what follows
      drainerImpatient = true;
    }
  }

  /** Whether it is time for a pending writer to let no more readers pass. */
  private boolean losesPatience(long start, long now) {
    return now - start > PATIENCE && preference == Preference.READERS && !drainerImpatient;
  }

  private static void throwUnchecked(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) e; // nothing else is thrown without being declared
  }

  /**
   * Who waits with the token takes it again if it has lost it: a detector's listener that was told
   * in its name may have acquired and released this very lock. Null with the token; else why not.
   */
  private @Nullable Drained takeTokenAgain(boolean timed, long deadline, boolean interruptible) {
    try {
      if (timed) {
        if (!tryAcquireNanos(ticket(), deadline - System.nanoTime())) {
          return Drained.TIMED_OUT;
        }
      } else if (interruptible) {
        acquireInterruptibly(ticket());
      } else {
        acquire(ticket());
      }
      keepTurn(Thread.currentThread());
      return null;
    } catch (InterruptedException e) {
      return Drained.INTERRUPTED;
    } finally {
      bePatient();
    }
  }

  /** For how long a pending writer has nothing to do but to wait, in nanoseconds; positive. */
  private long untilNextAct(boolean timed, long deadline, long start, long now) {
    long left = timed ? deadline - now : Long.MAX_VALUE;
    return preference == Preference.READERS && !drainerImpatient
        ? Math.min(left, PATIENCE - (now - start) + 1)
        : left;
  }

  /**
   * Lets other virtual threads run until the readers are out, for some nanoseconds at most. To park
   * with a timeout is no good for so short a wait: it ends by a thread of the JDK's, which may take
   * the processor from the very reader, and then by the carriers' last queue.
   */
  @SuppressWarnings("ThreadPriorityCheck") // bounded, and then it parks
  private boolean yieldToDrain(long nanos) {
    for (long start = System.nanoTime(); System.nanoTime() - start < nanos; ) {
      Thread.yield();
      if (drainAtOnce()) {
        return true;
      }
    }
    return false;
  }

  private void stopDraining() {
    drainer = null;
    if (drainerImpatient) {
      drainerImpatient = false;
    }
  }

  private void wakeDrainer() {
    Thread waiting = drainer;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  // ------------------------------------------------------------------ conditions

  ConditionObject newCondition() {
    return new ConditionObject();
  }

  /**
   * Checks that {@code t}, the calling thread, holds the write lock.
   *
   * @throws IllegalMonitorStateException if it does not
   */
  void requireWriter(Thread t) {
    if (!isWriter(t)) {
      throw new IllegalMonitorStateException(
          LockHolder.describe(t) + " does not hold the write lock of " + name);
    }
  }

  /** Before a condition's wait: gives up the nested holds and returns how many they were. */
  long suspendWrite(Thread t) {
    requireWriter(t);
    refuseUpgrade(t);
    long extra = writeExtra;
    writeExtra = 0;
    return extra;
  }

  /** After a condition's wait, which has the token again: becomes the writer it was. */
  void resumeWrite(Thread t, long extra, Wait wait) {
    if (getExclusiveOwnerThread() != t) { // the queue's wait has thrown what it should not
      acquire(WRITE);
    }
    try {
      drain(t, false, 0, false, wait);
    } finally {
      if (isWriter(t)) {
        writeExtra += extra; // a listener may have kept a hold
      }
      bePatient();
    }
  }

  // ------------------------------------------------------------------ optimistic reading

  long tryOptimisticRead() {
    long v = (long) VERSION.getAcquire(this);
    return (v & 1) == 0 ? v : 0;
  }

  boolean validate(long stamp) {
    VarHandle.acquireFence(); // the caller's reads come before the second look at the version
    return (stamp & 1) == 0 && (long) VERSION.getOpaque(this) == stamp;
  }

  // ------------------------------------------------------------------ reports

  /** Whether a writer is in. */
  boolean isWriteLocked() {
    return isIn(getState());
  }

  /** Who holds the lock in which mode; a snapshot. */
  List<LockHolder> holders() {
    List<LockHolder> holders = new ArrayList<>();
    Thread writer = getExclusiveOwnerThread();
    if (writer != null && isWriteLocked()) {
      holders.add(LockHolder.of(writer, LockHolder.Mode.WRITE, 1 + Math.max(0, writeExtra)));
    }
    holders.addAll(readers());
    return List.copyOf(holders);
  }

  /**
   * A writer that is next: it waits for the readers that are in, holds nothing yet, and keeps out
   * those who arrive. Null if there is none, or it is the calling thread; a snapshot.
   */
  @Nullable Thread nextWriter() {
    Thread token = tokenOwner();
    return token == Thread.currentThread() || isWriteLocked() ? null : token;
  }

  private @Nullable Thread tokenOwner() {
    return (getState() & TOKEN) == 0 ? null : getExclusiveOwnerThread();
  }

  private Collection<LockHolder> readers() {
    // A reader may hold in several places: by thread id, since one may be gone.
    Map<Long, LockHolder> readers = new LinkedHashMap<>();
    Thread first = firstReader;
    if (first != null) {
      long holds = 1 + Math.max(0, firstExtra);
      readers.put(first.threadId(), LockHolder.of(first, LockHolder.Mode.READ, holds));
    }
    table.forEachHolder(holder ->
        readers.merge(holder.threadId(), holder, (there, more) -> there.plus(more.holds())));
    return readers.values();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return "read-write lock";
  }

  /** See "Who is in the way" above. */
  @Override
  public Owners owners(Wait wait) {
    Thread waiter = wait.thread();
    Thread token = tokenOwner();
    if (wait.wants().equals(READING)) {
      return readHolds(waiter) > 0 ? Owners.nobody() : inTheWayOfReader(token, waiter);
    }
    return token == waiter ? inTheWayOfToken(waiter) : inTheWayOf(token);
  }

  private Owners inTheWayOfReader(@Nullable Thread token, Thread waiter) {
    boolean passes = token == waiter || (!isWriteLocked() && passesPending());
    return passes ? Owners.nobody() : inTheWayOf(token);
  }

  private Owners inTheWayOf(@Nullable Thread token) {
    return token == null
        ? Owners.nobody() // the next in line gets it
        : Owners.one(Owner.of(token, isWriteLocked() ? WRITING : PENDING_WRITE));
  }

  /** The owner of the token is in, or waits for each reader. */
  private Owners inTheWayOfToken(Thread waiter) {
    return isWriteLocked()
        ? Owners.nobody()
        : Owners.all(
            readers().stream()
                .filter(reader -> reader.threadId() != waiter.threadId())
                .map(LockHolder::asOwner)
                .toList());
  }

  /** Read acquisitions so far, roughly while readers are in. */
  private long reads() {
    return firstReads + table.totalReads();
  }

  LockStats stats() {
    long s = getState();
    return waits.snapshot(
        name,
        preference,
        (s & BIAS) != 0,
        reads(),
        (version - 1) >>> 1,
        rule.revocations(),
        getSharedQueuedThreads().size(),
        getExclusiveQueuedThreads().size() + ((s & (TOKEN | LEFT)) == PENDING ? 1 : 0));
  }

  /** What threads that wait are said to be parked for. */
  @Override
  public String toString() {
    return "BiasedReadWriteLock[" + name + ']';
  }
}
