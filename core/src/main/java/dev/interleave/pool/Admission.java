// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many tasks are in, how many threads there are, and whether the pool is open: one word, each
 * change of which is one compare-and-set. So there is nothing between a decision and its effect.
 *
 * <h2>The word</h2>
 *
 * <pre>
 *   bits 62–63 state     RUNNING, SHUTDOWN (nothing more comes in), STOP (nothing waiting is run)
 *   bits 52–61 extra     threads allowed beyond max, for workers that wait for tasks of this pool
 *   bits 32–51 live      threads, from before they start until they are about to end
 *   bits  0–31 accepted  tasks admitted, modulo 2^32
 * </pre>
 *
 * <p>{@code limit} is {@code max + extra}. Of a task two moments count, both kept in the {@link
 * Ledgers} by whoever ends it: it has <em>ended</em>, before its future completes, which gives its
 * place to another one; and it is <em>freed</em>, when its future has been completed and all that
 * depends on that has run, which gives its thread to another one. {@code inside} is {@code
 * accepted} minus those ended, {@code load} is {@code accepted} minus those freed; both are
 * differences modulo 2^32 of numbers that are close to each other. Ledgers are read after the word,
 * so neither is ever larger than it was when the word was read, and if it is smaller then since
 * tasks have ended.
 *
 * <h2>The invariant</h2>
 *
 * <p>{@code live >= min(load, limit)}: as many threads as there is work for. Hence a task that
 * waits has a thread that is on its way to it, or all threads that may be are busy. Freeing a task
 * makes {@code load} smaller and needs no change of the word. All others keep the invariant:
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>what</th><th>if</th><th>change</th><th>the invariant holds, because</th></tr>
 * <tr><td>admit and start</td><td>RUNNING, live &lt; limit, load &gt;= live</td>
 *     <td>accepted + 1, live + 1</td><td>both sides grow</td></tr>
 * <tr><td>admit and queue</td><td>RUNNING, inside &lt; limit + capacity, and load &lt; live or live
 *     &gt;= limit</td><td>accepted + 1</td><td>load + 1 &lt;= live, or live &gt;= limit</td></tr>
 * <tr><td>retire</td><td>live &gt; min or not RUNNING, load &lt;= live - 1; or live &gt; limit</td>
 *     <td>live - 1</td><td>that is the condition</td></tr>
 * <tr><td>compensate</td><td>extra is not at its maximum, not STOP</td><td>extra + 1, live + 1</td>
 *     <td>both sides grow</td></tr>
 * <tr><td>end of that</td><td>always</td><td>extra - 1</td><td>limit becomes smaller</td></tr>
 * <tr><td>leave</td><td>a thread could not start, or died</td><td>live - 1</td>
 *     <td>it may not: {@link #replace} follows at once</td></tr>
 * <tr><td>replace</td><td>live &lt; min(load, limit)</td><td>live + 1</td><td>by repetition</td></tr>
 * <tr><td>shutdown, stop</td><td>always</td><td>state</td><td>it says nothing of the state</td></tr>
 * <tr><td>resize</td><td>always</td><td>min, max</td><td>it may not if max grows: who resizes
 *     {@linkplain #replace replaces} at once, and so does who decided by an older max</td></tr>
 * </table>
 *
 * <p>That the condition was tested on an older word, or with older ledgers, does no harm: the
 * compare-and-set fails if the word is another one, and {@code load} can only have become smaller
 * meanwhile. So there is no window in which a task sits queued while a thread could be started; a
 * thread that retires at the moment a task comes in either finds that its compare-and-set fails, or
 * has gone before the task was admitted, which then starts another one.
 *
 * <p>{@code min} and {@code max} are not in the word. Who resizes first writes them, then counts
 * that in {@link #resizes}, and then looks at the word; a submitter and a thread that retires
 * change the word between two looks at that number, or do what who resizes does. One of them sees
 * the other (Dekker): so a task that came in by an older {@code max} gets its thread all the same,
 * from the one who made it larger or from its submitter.
 *
 * <p>Who closes uses the same word: a task was admitted before, and will be run or be thrown away,
 * or it is refused.
 *
 * <h2>Cost</h2>
 *
 * <p>When all threads are there, an admission is one compare-and-set on a line that only submitters
 * write: workers do not touch the word as long as they find tasks. The ledgers are read when a
 * remembered sum, which only grows, is not enough.
 */
final class Admission {
  static final int RUNNING = 0;
  static final int SHUTDOWN = 1;
  static final int STOP = 2;

  /** What {@link #admit} returns instead of a ticket. */
  static final long FULL = -1;

  static final long CLOSED = -2;

  /** The slot of the next task is not free, though there is a place. */
  static final long NO_SLOT = -3;

  private static final int LIVE_SHIFT = 32;
  private static final int EXTRA_SHIFT = 52;
  private static final int STATE_SHIFT = 62;
  private static final long ACCEPTED = (1L << LIVE_SHIFT) - 1;
  private static final long ONE_LIVE = 1L << LIVE_SHIFT;
  private static final long ONE_EXTRA = 1L << EXTRA_SHIFT;
  private static final int LIVE_MASK = (1 << (EXTRA_SHIFT - LIVE_SHIFT)) - 1;

  /** How many threads may stand in for waiting ones. */
  static final int MAX_EXTRA = (1 << (STATE_SHIFT - EXTRA_SHIFT)) - 1;

  /** The largest {@code max}. */
  static final int MAX_THREADS = LIVE_MASK - MAX_EXTRA;

  /**
   * A difference above it is that of a word which was read before tasks came in that have ended.
   */
  private static final long STALE = 1L << 31;

  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

  /** Where the word lies, with a line to itself. */
  private static final int WORD = 16;

  private static final int ENDED_SEEN = 17; // of submitters too

  private final long[] cells = new long[WORD + 18];
  private final int capacity;
  private final Ledgers ledgers;

  /** Both sizes, so that they are read together: min in the upper half. */
  private volatile long sizes;

  private final AtomicInteger resizes = new AtomicInteger();

  Admission(int min, int max, int capacity, Ledgers ledgers) {
    sizes = sizes(min, max);
    this.capacity = capacity;
    this.ledgers = ledgers;
  }

  private long word() {
    return (long) CELL.getVolatile(cells, WORD);
  }

  private boolean cas(long from, long to) {
    return CELL.compareAndSet(cells, WORD, from, to);
  }

  private static int state(long word) {
    return (int) (word >>> STATE_SHIFT);
  }

  private static int live(long word) {
    return (int) (word >>> LIVE_SHIFT) & LIVE_MASK;
  }

  private static int extra(long word) {
    return (int) (word >>> EXTRA_SHIFT) & MAX_EXTRA;
  }

  private int limit(long word) {
    return max(sizes) + extra(word);
  }

  private static long sizes(int min, int max) {
    return ((long) min << Integer.SIZE) | max;
  }

  static int min(long sizes) {
    return (int) (sizes >>> Integer.SIZE);
  }

  static int max(long sizes) {
    return (int) sizes;
  }

  /** {@link #min} and {@link #max} at the same moment. */
  long sizes() {
    return sizes;
  }

  /** Changes both; the caller then has threads started, or leave. By one thread at a time. */
  void resize(int min, int max) {
    sizes = sizes(min, max);
    int unused = resizes.incrementAndGet();
  }

  /** How often the sizes have changed: if not since before a decision, it was made by them. */
  int resizes() {
    return resizes.get();
  }

  static long difference(long word, long gone) {
    return (word - gone) & ACCEPTED;
  }

  // ------------------------------------------------------------------ tasks

  /**
   * Admits a task.
   *
   * @param ring where it claims the slot of its number, to be filled by the caller; null if none
   * @return {@link #FULL}, {@link #CLOSED}, {@link #NO_SLOT}, or a ticket: {@link #number} of the
   *     task, and whether the caller {@link #mustStart} a thread for it, which is counted already
   */
  long admit(@Nullable TaskRing ring) {
    while (true) {
      long word = word();
      if (state(word) != RUNNING) {
        return CLOSED;
      }
      int live = live(word);
      boolean start = false;
      if (live < limit(word)) {
        long load = difference(word, ledgers.sum(Ledger.FREED));
        if (load >= STALE) {
          continue;
        }
        start = load >= live;
      } else if (isFull(word)) {
        return FULL;
      }
      if (ring != null && !ring.isFree((int) word)) {
        if (word() == word) { // else it is the slot of a task that was faster
          return NO_SLOT;
        }
        continue;
      }
      long next = plusOne(word);
      if (cas(word, start ? next + ONE_LIVE : next)) {
        return ((word & ACCEPTED) << 1) | (start ? 1 : 0);
      }
    }
  }

  /** One more accepted, which does not run over into the threads. */
  static long plusOne(long word) {
    return (word & ~ACCEPTED) | ((word + 1) & ACCEPTED);
  }

  /** Whether there was no place when the word was read; if it is stale that does not count. */
  private boolean isFull(long word) {
    long places = (long) limit(word) + capacity;
    long inside = difference(word, (long) CELL.getOpaque(cells, ENDED_SEEN));
    if (inside < places) {
      return false;
    }
    long ended = ledgers.ended();
    CELL.setOpaque(cells, ENDED_SEEN, ended);
    inside = difference(word, ended);
    return inside >= places && inside < STALE;
  }

  /** How many places there are now; one if the pool is closed, which is no reason to wait. */
  long places() {
    long word = word();
    long inside = difference(word, ledgers.ended());
    return state(word) != RUNNING || inside >= STALE ? 1 : (long) limit(word) + capacity - inside;
  }

  /** Whether a task would be refused now for want of a place. */
  boolean isFull() {
    long word = word();
    return state(word) == RUNNING && live(word) >= limit(word) && isFull(word);
  }

  /** The number of the task, as an unsigned one. */
  static int number(long ticket) {
    return (int) (ticket >>> 1);
  }

  static boolean mustStart(long ticket) {
    return (ticket & 1) != 0;
  }

  /** How many tasks were admitted, modulo 2^32. */
  int accepted() {
    return (int) word();
  }

  /** How many tasks were admitted, given how many of them have ended by now. */
  long submitted(long ended) {
    while (true) {
      long inside = difference(word(), ended);
      if (inside < STALE) {
        return ended + inside;
      }
    }
  }

  // ------------------------------------------------------------------ threads

  /** Whether an idle thread waits for a limited time only. */
  boolean mayRetire() {
    long word = word();
    return live(word) > min(sizes) || state(word) != RUNNING;
  }

  /** Takes the calling worker off the books if it is not needed. */
  boolean retire() {
    while (true) {
      long word = word();
      int live = live(word);
      if (live <= limit(word)) {
        if (live <= min(sizes) && state(word) == RUNNING) {
          return false;
        }
        // At least 2^31 means that it is stale; then it is larger than live, too.
        if (difference(word, ledgers.sum(Ledger.FREED)) > live - 1) {
          return false;
        }
      }
      if (cas(word, word - ONE_LIVE)) {
        return true;
      }
    }
  }

  /** Whether there are more threads than there may be. */
  boolean hasSurplus() {
    long word = word();
    return live(word) > limit(word);
  }

  /** Takes the calling worker off the books if there are more than there may be. */
  boolean retireSurplus() {
    while (true) {
      long word = word();
      if (live(word) <= limit(word)) {
        return false;
      }
      if (cas(word, word - ONE_LIVE)) {
        return true;
      }
    }
  }

  /** Takes a worker off the books, needed or not. */
  void leave() {
    while (true) {
      long word = word();
      if (cas(word, word - ONE_LIVE)) {
        return;
      }
    }
  }

  /** Puts one more on the books, to be started by the caller, if one is missing. */
  boolean replace() {
    while (true) {
      long word = word();
      int live = live(word);
      if (live >= limit(word)) {
        return false;
      }
      long load = difference(word, ledgers.sum(Ledger.FREED));
      if (load < STALE) {
        if (load <= live) {
          return false;
        }
        if (cas(word, word + ONE_LIVE)) {
          return true;
        }
      }
    }
  }

  /** Allows one more, and puts it on the books, to be started by the caller. */
  boolean compensate() {
    while (true) {
      long word = word();
      if (extra(word) == MAX_EXTRA || state(word) == STOP) {
        return false;
      }
      if (cas(word, word + ONE_EXTRA + ONE_LIVE)) {
        return true;
      }
    }
  }

  /** Allows one less again. */
  void endCompensation() {
    while (true) {
      long word = word();
      if (cas(word, word - ONE_EXTRA)) {
        return;
      }
    }
  }

  /** Whether a thread could still be started for a task. */
  boolean canGrow() {
    long word = word();
    return live(word) < limit(word);
  }

  int live() {
    return live(word());
  }

  int extra() {
    return extra(word());
  }

  // ------------------------------------------------------------------ the end

  /** Goes on to a later state; nothing if it is that late already. */
  void advance(int to) {
    while (true) {
      long word = word();
      if (state(word) >= to || cas(word, (word & (-1L >>> 2)) | ((long) to << STATE_SHIFT))) {
        return;
      }
    }
  }

  boolean isShutdown() {
    return state(word()) != RUNNING;
  }

  boolean isStopped() {
    return state(word()) == STOP;
  }

  /** Whether nothing comes in any more and all is freed that ever did. Once true it stays true. */
  boolean isDrained() {
    long word = word();
    return state(word) != RUNNING && difference(word, ledgers.sum(Ledger.FREED)) == 0;
  }
}
