// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.diagnose.Owner;
import dev.interleave.diagnose.Owners;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.lock.LockHolder.Mode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The lock of one key, while somebody holds it or waits for it: the entry of the manager's table.
 *
 * <p><b>Its life.</b> Who wants a key makes an entry, held already, and puts it into the table if
 * there is none: that is the acquisition, and its linearization point. Who finds one joins it, and
 * is counted in {@link #refs}, the number of threads that hold it or want it. As long as the holder
 * is alone it releases the entry by taking it out of the table. Otherwise it releases it under the
 * mutex, and the last one that leaves takes it out. How there is never a second entry for a key is
 * told in {@link KeyTable}.
 *
 * <p>The hash code is remembered, and an entry is taken out by its identity: it leaves the table
 * even if its key has been changed meanwhile.
 *
 * <p><b>Its queue.</b> Who has joined and does not get in stands in line, first come, first served,
 * and is parked. Whoever arrives may overtake, which saves two changes of threads, unless it wants
 * to read and somebody stands in line (so the turn of a writer comes), or the first in line has
 * waited for {@link #PATIENCE} and was overtaken after that. The holders and the line are guarded
 * by {@link #mutex}, which is held for a short time only ({@link KeyTable} says how short); so who
 * stands in whose way can be told exactly ({@link #owners}). A holder that is alone needs no mutex
 * to acquire and release.
 *
 * @param <K> the keys
 */
final class KeyLock<K> implements Resource {
  /** For how long, in nanoseconds, the first in line lets itself be overtaken. */
  static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(1);

  /** A thread in line. Guarded by the mutex, but for its constants. */
  static final class Waiter<K> {
    final KeyHold<K> hold;
    final Mode mode;
    final long since = System.nanoTime();
    @Nullable Waiter<K> next;
    @Nullable Waiter<K> previous;

    Waiter(KeyHold<K> hold, Mode mode) {
      this.hold = hold;
      this.mode = mode;
    }
  }

  final K key;
  final int hash;

  /** Shared with other entries: nothing is waited for while it is held, and nobody is asked. */
  private final ReentrantLock mutex;

  /** Made of a key only when somebody waits for it; all who do write the same. */
  private String name = "a key";

  /** Threads that hold this or want it: 1 as long as it is alone in its bin of the table. */
  int refs = 1;

  /** The next one in the same bin. */
  @Nullable KeyLock<K> next;

  // The holders. A thread finds its own hold in them without the mutex: nobody else puts it in or
  // takes it out.
  private @Nullable KeyHold<K> writer;
  private @Nullable KeyHold<K> reader;
  private @Nullable Map<Thread, KeyHold<K>> otherReaders;

  // The line.
  private @Nullable Waiter<K> first;
  private @Nullable Waiter<K> last;

  /** Whether nobody overtakes the first in line. */
  private boolean impatient;

  KeyLock(K key, int hash, ReentrantLock mutex) {
    this.key = key;
    this.hash = hash;
    this.mutex = mutex;
  }

  /** Before the entry is put into the table: it is held. */
  void heldBy(KeyHold<K> hold, Mode mode) {
    if (mode == Mode.WRITE) {
      writer = hold;
    } else {
      reader = hold;
    }
  }

  ReentrantLock mutex() {
    return mutex;
  }

  /** Whether this is the entry of a key with the same hash code. */
  @SuppressWarnings("ReferenceEquality") // so a key that is found by itself is not asked
  boolean isOf(K other) {
    return key == other || other.equals(key);
  }

  // ------------------------------------------------------------------ the holders

  /** What the calling thread holds of this, or null. */
  @Nullable KeyHold<K> holdOf(Thread thread) {
    KeyHold<K> hold = writer;
    if (hold != null && hold.thread() == thread) {
      return hold;
    }
    hold = reader;
    if (hold != null && hold.thread() == thread) {
      return hold;
    }
    mutex.lock();
    try {
      return otherReaders == null ? null : otherReaders.get(thread);
    } finally {
      mutex.unlock();
    }
  }

  private boolean isRead() {
    return reader != null || (otherReaders != null && !otherReaders.isEmpty());
  }

  private boolean isFreeFor(Mode mode) {
    return writer == null && (mode == Mode.READ || !isRead());
  }

  /** May throw for want of memory, and has not changed anything then. */
  private void enter(KeyHold<K> hold, Mode mode) {
    if (mode == Mode.WRITE) {
      writer = hold;
    } else if (reader == null) {
      reader = hold;
    } else {
      if (otherReaders == null) {
        otherReaders = new HashMap<>();
      }
      otherReaders.put(hold.thread(), hold);
    }
  }

  private void exit(KeyHold<K> hold) {
    if (writer == hold) {
      writer = null;
    } else if (reader == hold) {
      reader = null;
    } else if (otherReaders != null) {
      otherReaders.remove(hold.thread());
    }
  }

  /** Who holds this now, or did when it was found in the table. */
  List<KeyHold<K>> holds() {
    mutex.lock();
    try {
      List<KeyHold<K>> holds = new ArrayList<>();
      addHolds(holds);
      return holds;
    } finally {
      mutex.unlock();
    }
  }

  private void addHolds(List<KeyHold<K>> to) {
    if (writer != null) {
      to.add(writer);
    }
    if (reader != null) {
      to.add(reader);
    }
    if (otherReaders != null) {
      to.addAll(otherReaders.values());
    }
  }

  // ------------------------------------------------------------------ getting in

  /** Acquires this, which the caller has joined, if it is free, whoever stands in line. */
  boolean tryEnter(KeyHold<K> hold, Mode mode) {
    mutex.lock();
    try {
      if (!isFreeFor(mode)) {
        return false;
      }
      enter(hold, mode);
      return true;
    } finally {
      mutex.unlock();
    }
  }

  /** Acquires this, which the caller has joined, unless it would have to stand in line. */
  boolean enterAtOnce(KeyHold<K> hold, Mode mode) {
    mutex.lock();
    try {
      if (!isFreeAtOnceFor(mode)) {
        return false;
      }
      enter(hold, mode);
      return true;
    } finally {
      mutex.unlock();
    }
  }

  private boolean isFreeAtOnceFor(Mode mode) {
    return isFreeFor(mode) && (first == null || (mode == Mode.WRITE && !impatient));
  }

  /** Acquires this, which the caller has joined, and returns null; or stands in line. */
  @Nullable Waiter<K> enterOrQueue(KeyHold<K> hold, Mode mode) {
    mutex.lock();
    try {
      if (isFreeAtOnceFor(mode)) {
        enter(hold, mode);
        return null;
      }
      Waiter<K> waiter = new Waiter<>(hold, mode);
      notice(waiter.since); // before it stands in line, since memory may be short
      waiter.previous = last;
      if (last == null) {
        first = waiter;
      } else {
        last.next = waiter;
      }
      last = waiter;
      return waiter;
    } finally {
      mutex.unlock();
    }
  }

  /** From now on it is known that these hold. */
  private void notice(long now) {
    long at = now == 0 ? 1 : now;
    List<KeyHold<K>> holds = new ArrayList<>();
    addHolds(holds);
    for (KeyHold<K> hold : holds) {
      if (hold.noticedAt == 0) {
        hold.noticedAt = at;
      }
    }
  }

  /** Whether a thread in line has got in: it was first, and this was free. */
  boolean enterInTurn(Waiter<K> waiter) {
    Waiter<K> next = null;
    mutex.lock();
    try {
      if (first != waiter) {
        return false;
      }
      if (!isFreeFor(waiter.mode)) {
        impatient |= System.nanoTime() - waiter.since > PATIENCE;
        notice(System.nanoTime());
        return false;
      }
      enter(waiter.hold, waiter.mode);
      unlink(waiter);
      if (first != null && isFreeFor(first.mode)) {
        next = first; // a reader behind a reader
      }
    } finally {
      mutex.unlock();
    }
    wake(next);
    return true;
  }

  /** A thread in line gives up. */
  void abandon(Waiter<K> waiter) {
    Waiter<K> next;
    mutex.lock();
    try {
      unlink(waiter);
      next = firstIfFree(); // perhaps it was in the way, or its wake-up is for the next
    } finally {
      mutex.unlock();
    }
    wake(next);
  }

  private void unlink(Waiter<K> waiter) {
    Waiter<K> before = waiter.previous;
    Waiter<K> after = waiter.next;
    if (before == null) {
      first = after;
      impatient = false;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    waiter.next = null;
    waiter.previous = null;
  }

  // ------------------------------------------------------------------ getting out

  /** Releases what a thread holds that is not alone here, leaves, and wakes who is next. */
  void release(KeyHold<K> hold, KeyTable<K> table) {
    Waiter<K> next;
    mutex.lock();
    try {
      exit(hold);
      next = firstIfFree();
      table.leave(this);
    } finally {
      mutex.unlock();
    }
    wake(next);
  }

  /** A thread that has joined this neither holds nor wants it any more. */
  void leave(KeyTable<K> table) {
    mutex.lock();
    try {
      table.leave(this);
    } finally {
      mutex.unlock();
    }
  }

  /** The writer has released its last write, and goes on as a reader. */
  void downgrade(KeyHold<K> hold) {
    Waiter<K> next;
    mutex.lock();
    try {
      reader = hold; // there is no other
      writer = null;
      next = firstIfFree();
    } finally {
      mutex.unlock();
    }
    wake(next);
  }

  private @Nullable Waiter<K> firstIfFree() {
    Waiter<K> waiter = first;
    return waiter != null && isFreeFor(waiter.mode) ? waiter : null;
  }

  private static void wake(@Nullable Waiter<?> waiter) {
    if (waiter != null) {
      LockSupport.unpark(waiter.hold.thread());
    }
  }

  // ------------------------------------------------------------------ reports

  /** To be called before anybody enters a wait for this. */
  void named(String name) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return "ordered lock";
  }

  /**
   * Who stands in the way of a thread in line: the writer; for one that wants to write, the
   * readers; for one that wants to read, those before it that want to write, whose turn it has to
   * let pass; and if there are none, the first in line. Nobody, if the thread is that, or is not in
   * line (any more).
   */
  @Override
  public Owners owners(Wait wait) {
    mutex.lock();
    try {
      Waiter<K> waiter = first;
      while (waiter != null && waiter.hold.thread() != wait.thread()) {
        waiter = waiter.next;
      }
      return waiter == null ? Owners.nobody() : Owners.all(inTheWayOf(waiter));
    } finally {
      mutex.unlock();
    }
  }

  private List<Owner> inTheWayOf(Waiter<K> waiter) {
    List<KeyHold<K>> holds = new ArrayList<>();
    addHolds(holds);
    List<Owner> owners = new ArrayList<>();
    for (KeyHold<K> hold : holds) {
      if (hold == writer || waiter.mode == Mode.WRITE) {
        owners.add(
            Owner.of(hold.thread(), hold.mode().name(), hold.holds())
                .heldFor(hold.heldNanos())
                .acquiredAt(hold.site));
      }
    }
    if (waiter.mode == Mode.READ) {
      for (Waiter<K> w = waiter.previous; w != null; w = w.previous) {
        if (w.mode == Mode.WRITE) {
          owners.add(Owner.of(w.hold.thread(), "WRITE, first in line"));
        }
      }
    }
    Waiter<K> next = first;
    if (owners.isEmpty() && next != null && next != waiter) {
      // It may take its turn late: it stands in line while it tells a listener of a deadlock.
      owners.add(Owner.of(next.hold.thread(), next.mode.name() + ", first in line"));
    }
    return owners;
  }

  /** What threads that wait are said to be parked for. */
  @Override
  public String toString() {
    return name;
  }
}
