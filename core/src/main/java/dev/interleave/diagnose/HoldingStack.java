// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import dev.interleave.diagnose.LockOrder.Member;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The locks of one order that one thread holds, from the one that it acquired first upwards; and on
 * top of these some that it has released. Those that are held are always the lower part.
 *
 * <h2>Places</h2>
 *
 * <p>Threads acquire the same locks within each other again and again. So a lock that is released
 * stays on the stack, and keeps its <em>place</em> there: whoever is lowest has one, and whoever
 * has come to lie on a lock from which the step to it need not be looked at any more, as long as
 * all below is the same. Which thread's stack it is stands in the lock.
 *
 * <ul>
 *   <li>Who acquires a lock that has the lowest place on its stack holds nothing else: it would be
 *       held above that one, which is not held.
 *   <li>Who acquires a lock that has its place on another one, which it holds and has covered by
 *       none, holds that one and those below, and nothing above. So nothing is new.
 * </ul>
 *
 * <p>Either way the stack is as it should be already, and need not even be found. An acquisition
 * that cannot be told so finds the stack, looks at the step, and puts its lock on top of what is
 * held; what was there loses its place. So does what lies above a lock that is released before it.
 *
 * <h2>Races</h2>
 *
 * <p>The place of a lock is read by threads that do not hold it, and taken away by them. A thread
 * finds its own number there only if it has put it there itself, nobody has overwritten that, and
 * it has not taken it away: a thread does not see what it has overwritten itself. If a thread takes
 * away its own number from a lock that just then gets a place on another's stack, that one's is
 * lost, and it finds its stack the long way. Whoever gives a lock a place first takes away the one
 * that it had, and then writes what it lies on, which it holds. So a thread that has read its own
 * number, and then reads what another one has written there, does not hold what it finds: if it did
 * it would have acquired that after the other one released it, and have seen that its number was
 * gone.
 *
 * <h2>Other designs</h2>
 *
 * <p>Measured on two cores of an AMD EPYC, JDK 25, one thread; times {@code ReentrantLock}, one
 * lock and two nested: this one 1.2 and 1.2. A chain of what is held, whose top is found by the
 * thread's id: 2.1 and 2.2. The same, with the stack of the last holder remembered in the lock: 1.7
 * and 1.5. An array, from which what is not held any more is dropped when something is put there,
 * so that a release writes nothing but that: 1.6 and 2.0. The chain, with a place for the lowest
 * lock only: 1.1 and 1.4.
 *
 * <p>All but the id and {@link #hasEnded} is the thread's own.
 */
final class HoldingStack {
  final long threadId;

  /** To see whether it has ended, without keeping it. */
  private final WeakReference<Thread> thread;

  private final boolean inMap;

  private @Nullable Member[] entries = new Member[4];
  private int size;

  /** The step to this lock was looked at last, from what was held then. */
  private @Nullable Member cleared;

  /** What was on top then; while nothing is put on or taken out, all below is the same, too. */
  private @Nullable Member clearedFrom;

  HoldingStack(Thread thread, boolean inMap) {
    this.threadId = thread.threadId();
    this.thread = new WeakReference<>(thread);
    this.inMap = inMap;
  }

  boolean isInMap() {
    return inMap;
  }

  boolean hasEnded() {
    Thread owner = thread.get();
    return owner == null || owner.getState() == Thread.State.TERMINATED;
  }

  /** How many are held. */
  int held() {
    int n = size;
    while (n > 0 && !at(n - 1).isHeldBy(threadId)) {
      n--;
    }
    return n;
  }

  /** One of those that are held, or lie there still: 0 is the lowest. */
  Member at(int index) {
    Member member = entries[index];
    if (member == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return member;
  }

  /** Whether nothing is held. */
  private boolean isIdle() {
    Member lowest = entries[0];
    return lowest == null || !lowest.isHeldBy(threadId);
  }

  /** The one acquired last of those that are held, or null. */
  @Nullable Member top() {
    return isIdle() ? null : at(held() - 1);
  }

  /** Nothing is there, not even what was released. */
  boolean isEmpty() {
    return size == 0;
  }

  /** The step to a lock, from what is held now, needs no more looks. */
  void clear(Member wanted, Member top) {
    cleared = wanted;
    clearedFrom = top;
  }

  /** No step is known to need no more looks. */
  void clearNone() {
    cleared = null;
    clearedFrom = null;
  }

  /**
   * Whether the step to a lock needs no more looks. Between the look and the acquisition a listener
   * may have acquired and released what it likes.
   */
  boolean isCleared(Member wanted, @Nullable Member top) {
    return cleared == wanted && clearedFrom == top;
  }

  /**
   * Puts a lock on what is held.
   *
   * @return the one below it, or null
   */
  @Nullable Member push(Member member) {
    if (isIdle()) {
      beginWith(member);
      return null;
    }
    int held = held();
    if (held == entries.length) {
      entries = Arrays.copyOf(entries, held * 2); // may fail: nothing has been changed so far
    }
    drop(held);
    entries[held] = member;
    size = held + 1;
    return at(held - 1);
  }

  private void beginWith(Member member) {
    if (size > 1) {
      drop(1);
    }
    Member lowest = entries[0];
    if (lowest != null) {
      lowest.losePlace(threadId);
    }
    entries[0] = member;
    size = 1;
  }

  /**
   * Takes a lock out that is not held any more.
   *
   * @return the one that has come to be on top by that; null if none is, or if it was there before
   */
  @Nullable Member remove(Member member) {
    clearNone();
    int place = size - 1;
    while (entries[place] != member) {
      place--;
    }
    int held = held();
    if (held <= place) {
      drop(place);
      return place == 0 ? null : at(place - 1);
    }
    drop(held);
    for (int i = place; i < held; i++) {
      at(i).losePlace(threadId); // those above have one less below
    }
    System.arraycopy(entries, place + 1, entries, place, held - place - 1);
    entries[held - 1] = null;
    size = held - 1;
    return null;
  }

  /** Keeps only so many. */
  private void drop(int kept) {
    for (int i = kept; i < size; i++) {
      at(i).losePlace(threadId);
      entries[i] = null;
    }
    size = kept;
  }
}
