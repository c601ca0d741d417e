// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.lock.LockHolder.Mode;
import dev.interleave.lock.LockWaitEvent.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of {@link OrderedLockManager}: the table of the keys in use ({@link KeyLock} tells
 * how an entry lives), what each thread holds ({@link HoldingThreads}), and the order.
 *
 * <p><b>Why ordered acquisitions never deadlock.</b> A thread waits only for a key that comes after
 * all that it holds. So along a chain of threads that wait for each other the keys waited for get
 * larger and larger, and the chain cannot close. A {@code tryLock()} that does not wait is exempt
 * without harm: what counts is what a thread holds when it waits.
 *
 * @param <K> the keys
 */
final class KeyLocks<K> {
  /** How a thread waits. */
  enum How {
    /** Not at all. */
    TRY,
    /** As long as it takes; an interrupt is kept for later. */
    UNINTERRUPTIBLY,
    /** As long as it takes, and nobody can refuse it: to have again what was given up. */
    BY_ALL_MEANS,
    /** Until a deadline or an interrupt. */
    UNTIL;

    Wait.Exit exit(Deadline deadline) {
      return switch (this) {
        case TRY -> throw new IllegalStateException("it does not wait");
        case UNINTERRUPTIBLY -> Wait.Exit.INTERRUPT; // of a detector, by its exception
        case BY_ALL_MEANS -> Wait.Exit.NONE;
        case UNTIL -> deadline.isNone() ? Wait.Exit.INTERRUPT : Wait.Exit.TIMEOUT;
      };
    }
  }

  /** Acquisitions whose place is recorded after one was missed. */
  private static final int RECORD_NEXT = 1024;

  final String name;
  private final Comparator<? super K> order;
  private final boolean refuse;
  private final @Nullable Consumer<? super LockOrderException> listener;

  /** A random number from 0 to the largest int is below this if the place is to be recorded. */
  private final int recordBelow;

  /** How many of the next acquisitions are recorded; by races, since it does not matter. */
  private int recordNext;

  private final KeyTable<K> table = new KeyTable<>();
  private final HoldingThreads<K> threads = new HoldingThreads<>();
  final KeyWaitStats stats = new KeyWaitStats();

  KeyLocks(
      String name,
      Comparator<? super K> order,
      boolean refuse,
      @Nullable Consumer<? super LockOrderException> listener,
      int recordOneIn) {
    this.name = name;
    this.order = order;
    this.refuse = refuse;
    this.listener = listener;
    recordBelow = recordOneIn == 0 ? 0 : Integer.MAX_VALUE / recordOneIn;
  }

  private KeyLock<K> entry(K key, int hash) {
    return new KeyLock<>(key, hash, table.mutexOf(hash));
  }

  /** For messages; also of a key that cannot say what it is. */
  String nameOf(K key) {
    String text;
    try {
      text = String.valueOf(key);
    } catch (RuntimeException e) {
      text = key.getClass().getName() + ", whose toString threw " + e.getClass().getName();
    }
    return name + '[' + text + ']';
  }

  // ------------------------------------------------------------------ one key

  /** Acquires one key, in order; false if it was not to be had. */
  boolean lock(K key, int hash, Mode mode, How how, Deadline deadline) throws InterruptedException {
    Thread thread = Thread.currentThread();
    HeldKeys<K> held = threads.find(thread);
    if (held == null) {
      held = new HeldKeys<>(thread);
      threads.add(held);
    }
    held.entering++;
    try {
      KeyHold<K> mine = heldAlready(held, key, hash);
      if (mine != null) {
        again(mine, mode);
        return true;
      }
      KeyHold<K> above = above(held, key);
      if (above != null && how != How.TRY) {
        outOfOrder(held, key);
        above = above(held, key); // the listener may have released it
      }
      KeyHold<K> hold = enter(held, entry(key, hash), above, mode, how, deadline);
      if (hold != null) {
        recordSite(thread, hold);
      }
      return hold != null;
    } finally {
      held.entering--;
      tidy(held);
    }
  }

  /** Releases one hold of a key. */
  void unlock(K key, int hash, Mode mode) {
    Thread thread = Thread.currentThread();
    HeldKeys<K> held = threads.find(thread);
    KeyHold<K> hold = held == null ? null : find(held, key, hash);
    if (held == null || hold == null || (mode == Mode.WRITE ? hold.writes : hold.reads) == 0) {
      throw notHeld(thread, key, hash, mode);
    }
    release(hold, mode);
    tidy(held);
  }

  IllegalMonitorStateException notHeld(Thread thread, K key, int hash, Mode mode) {
    List<LockHolder> holders = holders(key, hash);
    return new IllegalMonitorStateException(
        LockHolder.describe(thread)
            + " does not hold "
            + nameOf(key)
            + " for "
            + mode
            + (holders.isEmpty() ? ": nobody does" : ": held for " + LockHolder.list(holders)));
  }

  /** What the calling thread holds of a key; null if nothing. */
  @Nullable KeyHold<K> find(K key, int hash) {
    HeldKeys<K> held = threads.find(Thread.currentThread());
    return held == null ? null : find(held, key, hash);
  }

  @SuppressWarnings("ReferenceEquality") // the quick way; the table knows all others
  private @Nullable KeyHold<K> find(HeldKeys<K> held, K key, int hash) {
    KeyHold<K> top = held.top;
    if (top == null || top.key == key) {
      return top;
    }
    // A key that has changed may equal another one by now, and one that others have changed is not
    // in the table: then it is known by itself. Mostly the table knows, and the chain may be long.
    boolean changed = key.hashCode() != hash;
    KeyHold<K> mine = changed ? held.acquiredBy(key) : inTable(held, key, hash);
    if (mine == null) {
      mine = changed ? inTable(held, key, hash) : held.acquiredBy(key);
    }
    return mine;
  }

  private @Nullable KeyHold<K> inTable(HeldKeys<K> held, K key, int hash) {
    KeyLock<K> there = table.get(key, hash);
    return there == null ? null : there.holdOf(held.thread);
  }

  /** What the thread holds of a key that it wants; the table is asked only if it could be. */
  private @Nullable KeyHold<K> heldAlready(HeldKeys<K> held, K wanted, int hash) {
    KeyHold<K> top = held.top;
    return top == null || order.compare(top.key, wanted) < 0 ? null : find(held, wanted, hash);
  }

  private void again(KeyHold<K> mine, Mode mode) {
    refuseUpgrade(mine, mode);
    mine.add(mode);
  }

  private void refuseUpgrade(KeyHold<K> mine, Mode mode) {
    if (mode == Mode.WRITE && mine.writes == 0) {
      throw new LockUpgradeException(
          nameOf(mine.key), LockHolder.of(mine.thread(), Mode.READ, mine.reads));
    }
  }

  // ------------------------------------------------------------------ the order

  /** The smallest key held that does not come before {@code wanted}; null if all do. */
  private @Nullable KeyHold<K> above(HeldKeys<K> held, K wanted) {
    KeyHold<K> above = null;
    for (KeyHold<K> hold = held.top;
        hold != null && order.compare(hold.key, wanted) >= 0;
        hold = hold.below) {
      above = hold;
    }
    return above;
  }

  private void outOfOrder(HeldKeys<K> held, K wanted) {
    KeyHold<K> top = held.top;
    if (top == null) {
      return;
    }
    if (top.site == null) {
      recordNext = RECORD_NEXT; // it will happen again
    }
    stats.outOfOrder.increment();
    boolean larger = order.compare(top.key, wanted) > 0;
    LockOrderException e =
        new LockOrderException(
            held.thread,
            nameOf(top.key),
            top.site,
            nameOf(wanted),
            larger
                ? "keys are acquired in ascending order"
                : "they are not equal, and the comparator does not say which comes first");
    if (listener != null) {
      listener.accept(e);
    }
    if (refuse) {
      throw e;
    }
  }

  private boolean isToRecord() {
    int next = recordNext;
    if (next > 0) {
      recordNext = next - 1;
      return true;
    }
    return recordBelow != 0 && (ThreadLocalRandom.current().nextInt() >>> 1) < recordBelow;
  }

  // ------------------------------------------------------------------ many keys

  /**
   * Acquires all keys or none.
   *
   * @param keys in ascending order, all different
   * @param modes of the keys; null if all are to be written
   * @return in the order of the keys
   */
  KeyHold<K>[] lockAll(K[] keys, Mode @Nullable [] modes, How how, Deadline deadline)
      throws InterruptedException {
    Thread thread = Thread.currentThread();
    long start = how == How.UNTIL ? System.nanoTime() : 0;
    @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
    KeyHold<K>[] holds = new KeyHold[keys.length];
    HeldKeys<K> held = threads.find(thread);
    boolean nested = held != null;
    if (held == null) {
      held = new HeldKeys<>(thread);
      threads.add(held);
    }
    held.entering++;
    int n = 0;
    try {
      if (nested) {
        checkAll(held, keys, modes);
      }
      while (n < keys.length) {
        K key = keys[n];
        Mode mode = modes == null ? Mode.WRITE : modes[n];
        int hash = key.hashCode();
        KeyHold<K> hold = nested ? heldAlready(held, key, hash) : null;
        if (hold != null) {
          again(hold, mode);
        } else {
          KeyHold<K> above = nested ? above(held, key) : null;
          hold = enter(held, entry(key, hash), above, mode, how, deadline);
        }
        if (hold == null) {
          throw timedOut(key, mode, Duration.ofNanos(System.nanoTime() - start));
        }
        holds[n++] = hold;
      }
      recordSite(thread, holds);
      return holds;
    } catch (Throwable e) {
      while (n > 0) {
        n--;
        release(holds[n], modes == null ? Mode.WRITE : modes[n]);
      }
      throw e;
    } finally {
      held.entering--;
      tidy(held);
    }
  }

  private LockTimeoutException timedOut(K key, Mode mode, Duration waited) {
    List<KeyHold<K>> holds = holds(key, key.hashCode());
    KeyHold<K> first = holds.isEmpty() ? null : holds.getFirst();
    long held = first == null ? -1 : first.heldNanos();
    return new LockTimeoutException(
        nameOf(key),
        mode,
        waited,
        describe(holds),
        held < 0 ? null : Duration.ofNanos(held),
        first == null ? List.of() : List.of(first.thread().getStackTrace()));
  }

  private void recordSite(Thread thread, KeyHold<K> hold) {
    if (isToRecord() && hold.site == null) {
      hold.site = site(thread);
    }
  }

  private void recordSite(Thread thread, KeyHold<K>[] holds) {
    if (isToRecord()) {
      AcquisitionSite site = site(thread);
      for (KeyHold<K> hold : holds) {
        if (hold.site == null) {
          hold.site = site;
        }
      }
    }
  }

  /** Null if there is no room for it: the keys are held, and must not be lost for a report. */
  private static @Nullable AcquisitionSite site(Thread thread) {
    try {
      return new AcquisitionSite(thread);
    } catch (VirtualMachineError e) {
      return null;
    }
  }

  /** Refuses, before anything is acquired, what would be refused in the midst of it. */
  private void checkAll(HeldKeys<K> held, K[] keys, Mode @Nullable [] modes) {
    boolean reported = false;
    for (int i = 0; i < keys.length && held.top != null; i++) {
      K key = keys[i];
      if (order.compare(held.top.key, key) < 0) {
        return; // so do the others
      }
      KeyHold<K> mine = find(held, key, key.hashCode());
      if (mine != null) {
        refuseUpgrade(mine, modes == null ? Mode.WRITE : modes[i]);
      } else if (!reported) {
        outOfOrder(held, key);
        reported = true;
      }
    }
  }

  /** Releases what {@link #lockAll} has acquired, in reverse order. */
  void unlockAll(KeyHold<K>[] holds, Mode @Nullable [] modes) {
    int lost = -1;
    for (int i = holds.length - 1; i >= 0; i--) {
      Mode mode = modes == null ? Mode.WRITE : modes[i];
      if ((mode == Mode.WRITE ? holds[i].writes : holds[i].reads) == 0) {
        lost = i; // released through its lock meanwhile; the others must not stay behind for that
      } else {
        release(holds[i], mode);
      }
    }
    if (holds.length > 0) {
      tidy(holds[0].holder);
    }
    if (lost >= 0) {
      K key = holds[lost].key;
      Mode mode = modes == null ? Mode.WRITE : modes[lost];
      throw notHeld(Thread.currentThread(), key, holds[lost].lock.hash, mode);
    }
  }

  // ------------------------------------------------------------------ getting in and out

  /**
   * Acquires a key that the thread does not hold.
   *
   * @param above the hold that will be above the new one in the chain; null if none
   * @return null if it was not to be had
   */
  private @Nullable KeyHold<K> enter(
      HeldKeys<K> held,
      KeyLock<K> fresh,
      @Nullable KeyHold<K> above,
      Mode mode,
      How how,
      Deadline deadline)
      throws InterruptedException {
    KeyHold<K> hold = new KeyHold<>(held, fresh);
    fresh.heldBy(hold, mode);
    KeyLock<K> there = table.putOrJoin(fresh);
    if (there != fresh) {
      KeyHold<K> mine = there.holdOf(held.thread);
      if (mine != null) { // as the comparator did not let on
        there.leave(table);
        again(mine, mode);
        return mine;
      }
      hold.lock = there;
      if (!enterThere(there, hold, mode, how, deadline)) {
        return null;
      }
    }
    hold.add(mode);
    held.insertBelow(above, hold);
    return hold;
  }

  private boolean enterThere(
      KeyLock<K> there, KeyHold<K> hold, Mode mode, How how, Deadline deadline)
      throws InterruptedException {
    boolean in = false;
    try {
      if (how == How.TRY) {
        in = there.tryEnter(hold, mode);
      } else if (there.enterAtOnce(hold, mode)) {
        in = true;
      } else {
        there.named(nameOf(there.key)); // it is the user's toString: nobody is to wait behind that
        KeyLock.Waiter<K> waiter = there.enterOrQueue(hold, mode);
        in = waiter == null || await(there, waiter, how, deadline);
      }
    } finally {
      if (!in) {
        there.leave(table);
      }
    }
    return in;
  }

  private boolean await(KeyLock<K> lock, KeyLock.Waiter<K> waiter, How how, Deadline deadline)
      throws InterruptedException {
    boolean interrupted = false;
    boolean in = false;
    Outcome outcome = Outcome.FAILED;
    Wait wait = null;
    LockWaitEvent event = null;
    try {
      if (FlightRecorder.isInitialized()) {
        event = LockWaitEvent.begin(lock.name(), waiter.mode);
      }
      wait = Waits.enter(lock, waiter.mode.name(), how.exit(deadline)); // in line already
      while (!in) {
        in = lock.enterInTurn(waiter);
        if (in) {
          outcome = Outcome.ACQUIRED;
        } else if (Thread.interrupted()) {
          if (how == How.UNTIL) {
            InterruptedException why = Waits.causedBy(wait, new InterruptedException());
            outcome = wait.failure() == null ? Outcome.INTERRUPTED : Outcome.DEADLOCKED;
            throw why;
          }
          RuntimeException failure = how == How.BY_ALL_MEANS ? null : wait.failureByInterrupt();
          if (failure != null) {
            throw failure;
          }
          interrupted = true;
        } else if (how != How.UNTIL || deadline.isNone()) {
          LockSupport.park(lock);
        } else {
          long left = deadline.remainingNanos();
          if (left == 0) {
            outcome = Outcome.TIMED_OUT;
            return false;
          }
          LockSupport.parkNanos(lock, left);
        }
      }
      return true;
    } catch (RuntimeException e) { // a detector's
      outcome = Outcome.DEADLOCKED;
      throw e;
    } finally {
      if (!in) {
        lock.abandon(waiter);
      }
      if (wait != null) {
        wait.leave();
      }
      stats.ended(waiter.since, outcome, event);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Releases one of the holds of its thread, which is the calling one. Leaves the chain there. */
  void release(KeyHold<K> hold, Mode mode) {
    if (mode == Mode.WRITE) {
      if (--hold.writes > 0) {
        return;
      }
      if (hold.reads > 0) {
        hold.lock.downgrade(hold);
        return;
      }
    } else if (--hold.reads > 0 || hold.writes > 0) {
      return;
    }
    drop(hold);
  }

  /** Releases the key. */
  private void drop(KeyHold<K> hold) {
    hold.holder.remove(hold);
    KeyLock<K> lock = hold.lock;
    if (!table.takeOutAlone(lock)) {
      lock.release(hold, table);
    }
  }

  private void tidy(HeldKeys<K> held) {
    if (held.isEmpty()) {
      threads.remove(held);
    }
  }

  // ------------------------------------------------------------------ for conditions

  /**
   * Before a wait for a condition of a key, which gives it up altogether.
   *
   * @throws LockOrderException if the thread holds larger keys: to get this one back it would have
   *     to wait for it while it holds those
   */
  long suspend(KeyHold<K> hold) {
    if (hold.reads > 0) {
      throw new LockUpgradeException(
          nameOf(hold.key), LockHolder.of(hold.thread(), Mode.READ, hold.reads));
    }
    if (hold.above != null) {
      outOfOrder(hold.holder, hold.key);
    }
    long writes = hold.writes;
    hold.writes = 0;
    drop(hold);
    hold.holder.entering++;
    return writes;
  }

  /**
   * After the wait: has the key again, whatever it takes; an interrupt is kept for later.
   *
   * @param above what was above the hold in the chain: the thread has done nothing since
   */
  void resume(KeyHold<K> hold, long writes, @Nullable KeyHold<K> above) {
    try {
      KeyLock<K> fresh = entry(hold.key, hold.lock.hash);
      hold.noticedAt = 0;
      hold.lock = fresh;
      fresh.heldBy(hold, Mode.WRITE);
      KeyLock<K> there = table.putOrJoin(fresh);
      if (there != fresh) {
        hold.lock = there;
        boolean unused = enterThere(there, hold, Mode.WRITE, How.BY_ALL_MEANS, Deadline.none());
      }
      hold.writes = writes;
      hold.holder.insertBelow(above, hold);
    } catch (InterruptedException e) {
      throw new AssertionError(e); // it was not to be interrupted
    } finally {
      hold.holder.entering--;
      tidy(hold.holder);
    }
  }

  // ------------------------------------------------------------------ reports

  List<LockHolder> holders(K key, int hash) {
    return describe(holds(key, hash));
  }

  private List<KeyHold<K>> holds(K key, int hash) {
    KeyLock<K> there = table.get(key, hash);
    return there == null ? List.of() : there.holds();
  }

  private static <K> List<LockHolder> describe(List<KeyHold<K>> holds) {
    return holds.stream()
        .map(hold -> LockHolder.of(hold.thread(), hold.mode(), hold.holds()))
        .toList();
  }

  /** The keys that the calling thread holds, in ascending order. */
  List<K> heldKeys() {
    List<K> keys = new ArrayList<>();
    HeldKeys<K> held = threads.find(Thread.currentThread());
    if (held != null) {
      for (KeyHold<K> hold = held.top; hold != null; hold = hold.below) {
        keys.add(hold.key);
      }
    }
    Collections.reverse(keys);
    return List.copyOf(keys);
  }

  long keys() {
    return table.size();
  }

  /** Whether nobody holds or wants anything, when nobody comes or goes. */
  boolean isEmpty() {
    return table.size() == 0 && threads.isEmpty();
  }

  Comparator<? super K> order() {
    return order;
  }
}
