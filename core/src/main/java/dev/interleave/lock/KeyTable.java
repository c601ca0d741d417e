// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The keys in use: a hash table of {@link KeyLock}s that is made for entries that live for a few
 * instructions. To put one in takes one compare-and-set, and so does to take it out.
 *
 * <p><b>A bin</b> is empty; or it is one entry, which one thread holds and nobody else wants; or it
 * is a {@link Crowd}, for all other cases. Into an empty bin an entry is put by compare-and-set,
 * held already, and taken out likewise. Whoever finds it there before that replaces it with a crowd
 * by compare-and-set, so of the two only one succeeds: an entry leaves its bin unseen, or its
 * holder learns that it is no longer alone. What is in a crowd, and how many threads hold or want
 * each of its entries ({@link KeyLock#refs}), changes under a mutex, and so does the bin as long as
 * a crowd is in it: it comes out when it has become empty. So there is never a second entry for a
 * key: one is put in only by who knows, at that moment, that the bin has none.
 *
 * <p>The mutex is that of all entries of the bin, {@link #mutexOf}, and of those of other bins. It
 * is held while the entries of one bin are gone through, which are few unless many hash codes are
 * the same; keys are compared without it. Who compares is counted as one who wants each of those
 * entries, so none of them leaves meanwhile, and adds its own entry when the crowd has none with
 * that hash code that it has not compared. So it never begins again, and compares each key once,
 * however often the others come and go. To take out an entry needs no memory.
 *
 * <p><b>Growth.</b> Who meets many entries in a bin counts all of them, and doubles the table if
 * there are too many for it. The bins are moved one by one, each at one moment: what it contains is
 * put into two bins of the new table, where nobody looks before, and the new table into the bin in
 * its place. Who finds that there looks on in the new table. So nobody waits for a table that
 * grows, longer than it takes to move one bin. It never shrinks.
 *
 * <p><b>Bad hash codes.</b> Which hash codes share a bin depends on a random number of the table,
 * so keys cannot be chosen for that. Keys whose hash codes are the same share a bin in any case,
 * and growth does not part them: to come, to go and to look for one of them takes time in
 * proportion to how many of them are in use, with their mutex held, which other bins have as well.
 *
 * <p>Who comes has to compare with those of its hash code, too, that come after it. There are at
 * most 2ck + 1 of them, if k threads put in nothing but such keys, and compare c times as fast. For
 * what it has compared stays until it is through; so the one that comes as number i after it has
 * compared with the n that were there before it, and with i - 1 others. For N of them that is nN +
 * N(N-1)/2 comparisons, and there is time for at most ck(n + N), while this one makes n + N: if N
 * were more than 2ck + 1, they would have made more than that.
 *
 * <p>Thread-safe.
 *
 * @param <K> the keys
 */
final class KeyTable<K> {
  private static final VarHandle BIN = MethodHandles.arrayElementVarHandle(Object[].class);

  private static final int MUTEX_BITS = 6;

  /** No fewer than those of the mutexes, so that all entries of a bin have the same one. */
  private static final int FIRST_BITS = 8;

  private static final int LAST_BITS = 28;

  /** That many entries in a bin are few; that many in a table in which bursts were seen. */
  private static final int FEW = 3;

  private static final int FEW_AFTER_BURSTS = 8;

  private static final int GOLDEN_RATIO = 0x9E3779B9;

  /** All entries of a bin, guarded by their mutex. */
  private static final class Crowd<K> {
    @Nullable KeyLock<K> first;
    final AtomicInteger size = new AtomicInteger(); // written with the mutex held

    /** How many give no reason to count all entries; by races, since it is a guess. */
    int tolerated;

    Crowd(int tolerated) {
      this.tolerated = tolerated;
    }

    /** It does not help to count, or to grow. That is over when all of these have left. */
    void tolerateMore() {
      tolerated = Math.min(Math.max(tolerated, size.get()), Integer.MAX_VALUE / 2) * 2;
    }

    void add(KeyLock<K> lock) {
      lock.next = first;
      first = lock;
      size.setRelease(size.getPlain() + 1);
    }

    void remove(KeyLock<K> lock) {
      KeyLock<K> before = null;
      for (KeyLock<K> l = first; l != lock && l != null; l = l.next) {
        before = l;
      }
      if (before == null) {
        first = lock.next;
      } else {
        before.next = lock.next;
      }
      lock.next = null;
      size.setRelease(size.getPlain() - 1);
    }

    /**
     * Those whose keys may be equal to one with that hash code: new ones, which were added in
     * front, and then those that are known.
     *
     * @param known what this returned before, if none of them has left; else empty
     */
    List<KeyLock<K>> alike(int hash, List<KeyLock<K>> known) {
      KeyLock<K> end = known.isEmpty() ? null : known.getFirst();
      List<KeyLock<K>> alike = List.of();
      for (KeyLock<K> l = first; l != end && l != null; l = l.next) {
        if (l.hash == hash) {
          alike = alike.isEmpty() ? new ArrayList<>(2) : alike;
          alike.add(l);
        }
      }
      if (alike.isEmpty()) {
        return known;
      }
      alike.addAll(known);
      return alike;
    }
  }

  /** A table. In a bin of another one it means that what was in there is in this one now. */
  private static final class Bins {
    final @Nullable Object[] array;
    final int bits;
    private final int multiplier;

    /** How many a crowd tolerates in the beginning; by races. */
    int tolerated = FEW;

    /** Where the bins are being moved; guarded by {@link KeyTable#growing}. */
    @Nullable Bins next;

    Bins(int bits, int multiplier) {
      this.array = new Object[1 << bits];
      this.bits = bits;
      this.multiplier = multiplier;
    }

    int indexOf(int hash) {
      return spread(hash, multiplier) >>> (32 - bits);
    }

    @Nullable Object get(int at) {
      return BIN.getAcquire(array, at);
    }
  }

  /** Odd, and not known to who chooses the keys. */
  private final int multiplier = ThreadLocalRandom.current().nextInt() | 1;

  private volatile Bins current = new Bins(FIRST_BITS, multiplier);
  private final ReentrantLock growing = new ReentrantLock();
  private final ReentrantLock[] mutexes = new ReentrantLock[1 << MUTEX_BITS];

  KeyTable() {
    Arrays.setAll(mutexes, i -> new ReentrantLock());
  }

  /**
   * From the top bits on as good as random, whether hash codes differ in their low bits only or in
   * their high ones, and whatever the multiplier. Different ones stay different.
   */
  private static int spread(int hash, int multiplier) {
    int mixed = (hash ^ (hash >>> 16)) * multiplier;
    return (mixed ^ (mixed >>> 16)) * GOLDEN_RATIO;
  }

  /** Of all entries with that hash code. */
  ReentrantLock mutexOf(int hash) {
    return mutexes[spread(hash, multiplier) >>> (32 - MUTEX_BITS)];
  }

  // ------------------------------------------------------------------ in

  /**
   * Puts an entry in, which is held by the calling thread then; or joins the one that is there.
   *
   * @return {@code fresh}; or the other one, which stays until the caller {@linkplain #leave
   *     leaves}
   */
  KeyLock<K> putOrJoin(KeyLock<K> fresh) {
    Bins bins = current;
    boolean mayGrow = true;
    while (true) {
      int at = bins.indexOf(fresh.hash);
      Object there = BIN.compareAndExchange(bins.array, at, (Object) null, (Object) fresh);
      if (there == null) {
        return fresh;
      }
      if (there instanceof Bins moved) {
        bins = moved;
        continue;
      }
      Crowd<K> crowd = crowd(bins, at, there);
      if (crowd == null) {
        continue;
      }
      if (mayGrow && crowd.size.get() > crowd.tolerated) {
        grow(bins, crowd);
        mayGrow = false;
        continue;
      }
      KeyLock<K> lock = putOrJoin(bins, at, crowd, fresh);
      if (lock != null) {
        return lock;
      }
    }
  }

  /** The crowd that is in a bin, or that now is; null if the bin has been changed meanwhile. */
  @SuppressWarnings("unchecked") // what is in a bin
  private @Nullable Crowd<K> crowd(Bins bins, int at, Object there) {
    if (there instanceof Crowd<?> crowd) {
      return (Crowd<K>) crowd;
    }
    Crowd<K> crowd = new Crowd<>(bins.tolerated);
    crowd.first = (KeyLock<K>) there;
    crowd.size.setPlain(1);
    return BIN.compareAndSet(bins.array, at, there, (Object) crowd) ? crowd : null;
  }

  /** As the other one; null if the bin has been changed meanwhile. */
  private @Nullable KeyLock<K> putOrJoin(Bins bins, int at, Crowd<K> crowd, KeyLock<K> fresh) {
    ReentrantLock mutex = fresh.mutex();
    List<KeyLock<K>> joined = List.of(); // they stay until the caller leaves them
    KeyLock<K> result = null;
    try {
      while (true) {
        int more;
        mutex.lock();
        try {
          if (bins.get(at) != crowd) {
            return null;
          }
          List<KeyLock<K>> alike = crowd.alike(fresh.hash, joined);
          more = alike.size() - joined.size();
          if (more == 0) {
            crowd.add(fresh);
            result = fresh;
            return fresh;
          }
          for (int i = 0; i < more; i++) {
            alike.get(i).refs++;
          }
          joined = alike;
        } finally {
          mutex.unlock();
        }
        result = equal(joined.subList(0, more), fresh.key);
        if (result != null) {
          return result;
        }
      }
    } finally {
      leaveAllBut(result, joined, mutex);
    }
  }

  private void leaveAllBut(@Nullable KeyLock<K> one, List<KeyLock<K>> joined, ReentrantLock mutex) {
    int last = joined.size() - 1;
    if (last < 0 || (last == 0 && joined.getFirst() == one)) {
      return;
    }
    mutex.lock();
    try {
      for (int i = 0; i <= last; i++) {
        KeyLock<K> lock = joined.get(i);
        if (lock != one) {
          leave(lock);
        }
      }
    } finally {
      mutex.unlock();
    }
  }

  private static <K> @Nullable KeyLock<K> equal(List<KeyLock<K>> some, K key) {
    for (KeyLock<K> lock : some) {
      if (lock.isOf(key)) {
        return lock;
      }
    }
    return null;
  }

  // ------------------------------------------------------------------ out

  /** Takes an entry out, which the caller holds, and so releases it; false if it is in a crowd. */
  boolean takeOutAlone(KeyLock<K> lock) {
    Bins bins = current;
    while (true) {
      Object there =
          BIN.compareAndExchange(bins.array, bins.indexOf(lock.hash), (Object) lock, (Object) null);
      if (there == lock) {
        return true;
      }
      if (!(there instanceof Bins moved)) {
        return false;
      }
      bins = moved;
    }
  }

  /**
   * The caller, who has joined the entry or was told that it is in a crowd, neither holds nor wants
   * it any more; with the mutex held. Who is the last takes it out.
   */
  @SuppressWarnings("unchecked") // what is in a bin
  void leave(KeyLock<K> lock) {
    if (--lock.refs > 0) {
      return;
    }
    Bins bins = current;
    int at = bins.indexOf(lock.hash);
    Object there = bins.get(at);
    while (there instanceof Bins moved) {
      bins = moved;
      at = bins.indexOf(lock.hash);
      there = bins.get(at);
    }
    if (!(there instanceof Crowd<?>)) {
      throw new AssertionError(there); // it is in there
    }
    Crowd<K> crowd = (Crowd<K>) there;
    crowd.remove(lock);
    if (crowd.first == null) {
      BIN.setRelease(bins.array, at, (Object) null);
    }
  }

  // ------------------------------------------------------------------ reports

  /** The entry of a key; null if there is none. It may have left when the caller looks at it. */
  @SuppressWarnings("unchecked") // what is in a bin
  @Nullable KeyLock<K> get(K key, int hash) {
    Bins bins = current;
    while (true) {
      int at = bins.indexOf(hash);
      Object there = bins.get(at);
      if (there == null) {
        return null;
      }
      if (there instanceof Bins moved) {
        bins = moved;
      } else if (there instanceof KeyLock<?>) {
        KeyLock<K> lock = (KeyLock<K>) there;
        return lock.hash == hash && lock.isOf(key) ? lock : null;
      } else {
        List<KeyLock<K>> alike = alike(bins, at, (Crowd<K>) there, hash);
        if (alike != null) {
          return equal(alike, key);
        }
      }
    }
  }

  /** Null if the bin has been changed meanwhile. */
  private @Nullable List<KeyLock<K>> alike(Bins bins, int at, Crowd<K> crowd, int hash) {
    ReentrantLock mutex = mutexOf(hash);
    mutex.lock();
    try {
      return bins.get(at) == crowd ? crowd.alike(hash, List.of()) : null;
    } finally {
      mutex.unlock();
    }
  }

  /** How many keys are in use; exact when nobody comes or goes. */
  long size() {
    return size(current);
  }

  private static long size(Bins bins) {
    long size = 0;
    for (int at = 0; at < bins.array.length; at++) {
      size += size(bins, at);
    }
    return size;
  }

  private static long size(Bins bins, int at) {
    Object there = bins.get(at);
    if (there instanceof Bins moved) {
      return size(moved, 2 * at) + size(moved, 2 * at + 1);
    }
    return there instanceof Crowd<?> crowd ? crowd.size.get() : there == null ? 0 : 1;
  }

  /** Where an entry with that hash code is; for tests. */
  int binOf(int hash) {
    return current.indexOf(hash);
  }

  /** How many bins there are; for tests. */
  int bins() {
    return current.array.length;
  }

  // ------------------------------------------------------------------ growth

  /** Doubles the table if there are too many entries for it, and nobody is at it already. */
  private void grow(Bins full, Crowd<?> crowd) {
    if (!growing.tryLock()) {
      return;
    }
    try {
      Bins bins = current;
      Bins next = bins.next;
      if (next == null) { // else memory was too short in the midst of it
        if (bins != full) {
          return;
        }
        if (bins.bits == LAST_BITS || size(bins) <= bins.array.length / 4 * 3L) {
          crowd.tolerateMore();
          bins.tolerated = Math.min(2 * bins.tolerated, FEW_AFTER_BURSTS);
          return;
        }
        next = new Bins(bins.bits + 1, multiplier);
        bins.next = next;
      }
      for (int at = 0; at < bins.array.length; at++) {
        move(bins, at, next);
      }
      current = next;
    } catch (OutOfMemoryError e) {
      crowd.tolerateMore(); // who came for a key can have it without; a later one goes on here
    } finally {
      growing.unlock();
    }
  }

  @SuppressWarnings("unchecked") // what is in a bin
  private void move(Bins bins, int at, Bins next) {
    boolean moved = false;
    while (!moved) {
      Object there = bins.get(at);
      moved =
          there instanceof Bins
              || (there instanceof Crowd<?>
                  ? moveCrowd(bins, at, (Crowd<K>) there, next)
                  : moveAlone(bins, at, (KeyLock<K>) there, next));
    }
  }

  private static <K> boolean moveAlone(Bins bins, int at, @Nullable KeyLock<K> lock, Bins next) {
    int to = lock == null ? 0 : next.indexOf(lock.hash);
    if (lock != null) {
      next.array[to] = lock;
    }
    if (BIN.compareAndSet(bins.array, at, (Object) lock, (Object) next)) {
      return true;
    }
    if (lock != null) {
      next.array[to] = null;
    }
    return false;
  }

  private boolean moveCrowd(Bins bins, int at, Crowd<K> crowd, Bins next) {
    ReentrantLock mutex = mutexes[at >>> (bins.bits - MUTEX_BITS)];
    mutex.lock();
    try {
      if (bins.get(at) != crowd) {
        return false;
      }
      // Before anything is changed, since memory may be short.
      Crowd<K> low = new Crowd<>(next.tolerated);
      Crowd<K> high = new Crowd<>(next.tolerated);
      KeyLock<K> after;
      for (KeyLock<K> lock = crowd.first; lock != null; lock = after) {
        after = lock.next;
        ((next.indexOf(lock.hash) & 1) == 0 ? low : high).add(lock);
      }
      next.array[2 * at] = low.first == null ? null : low;
      next.array[2 * at + 1] = high.first == null ? null : high;
      BIN.setRelease(bins.array, at, (Object) next);
      return true;
    } finally {
      mutex.unlock();
    }
  }
}
