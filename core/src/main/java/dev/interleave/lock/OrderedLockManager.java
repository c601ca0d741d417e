// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.lock.KeyLocks.How;
import dev.interleave.lock.LockHolder.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lock for every key, of which a thread may hold several without the risk of a deadlock: they are
 * acquired in the order of the keys, all or none.
 *
 * <pre>{@code
 * private final OrderedLockManager<String> locks = OrderedLockManager.natural();
 *
 * void transfer(Account from, Account to, long amount) {
 *   try (var g = locks.acquire(List.of(from.id(), to.id()))) {
 *     from.withdraw(amount);
 *     to.deposit(amount);
 *   }
 * }
 * }</pre>
 *
 * <h2>Semantics</h2>
 *
 * <ul>
 *   <li><b>Exact.</b> Two keys share a lock if and only if they are {@code equal}; there are no
 *       stripes. A key takes memory only while a thread holds it or waits for it.
 *   <li><b>All or none.</b> {@code acquire} sorts the keys, drops duplicates, and acquires them in
 *       ascending order, under one deadline for all. If it fails, for whatever reason, it has
 *       released what it had acquired. Closing the guard releases in reverse order. No keys at all
 *       are fine, too.
 *   <li><b>In order.</b> A thread that holds keys may acquire larger ones. If it asks for one that
 *       is smaller, in a way in which it might have to wait, it gets a {@link LockOrderException}
 *       before it waits or has acquired anything; or the violation is {@linkplain
 *       Builder#outOfOrder reported} and a deadlock possible. {@code tryLock()} without time never
 *       waits and may come in any order.
 *   <li><b>Reentrant.</b> What a thread holds it gets again at once, whatever else it holds, and
 *       releases as often.
 *   <li><b>Reading and writing.</b> A collection of keys is acquired for writing, alone; a map says
 *       for each key whether to write or to read it, which others may do at the same time. Who
 *       writes may read as well and go on reading when it has released the write. Who reads and
 *       wants to write gets a {@link LockUpgradeException} at once.
 *   <li><b>Owners.</b> Holds belong to threads, platform or virtual. Who releases what another
 *       thread holds gets an {@link IllegalMonitorStateException} that names both.
 * </ul>
 *
 * <p>{@link #lock} gives the lock of one key as a {@link Lock}, whole, conditions included: to be
 * made in passing or kept, since it is only a name for the key. It obeys the order like all else.
 * To await a condition while holding larger keys is out of order, because the lock has to be
 * acquired again in the end.
 *
 * <h2>Keys and order</h2>
 *
 * <p>Keys need {@code equals} and {@code hashCode}, and the order must be total and consistent with
 * equals: keys that are different and compare as 0 have no order, and are refused when they meet:
 * with {@link IllegalArgumentException} if they are acquired together, with {@link
 * LockOrderException} if one after the other. What the comparator throws, {@code acquire} throws,
 * having acquired nothing. A key must not change while it is in use, and is in use, too, while
 * another thread holds an equal one or waits for it. If it does, others may not find that it is
 * held, and get it as well; it is released all the same, through the guard or the {@code Lock} by
 * which it was acquired, and leaves nothing behind.
 *
 * <p>An acquisition compares its key, by {@code equals}, with each key in use that has the same
 * hash code, once, and no lock is held meanwhile; so others may come, with which it has to compare,
 * too. But each of these has to compare with all of the others as well, so there come ever fewer:
 * at most 2k, if k threads do nothing but acquire new keys of that one hash code, and {@code
 * equals} takes them no less time.
 *
 * <h2>Memory effects, progress, cost</h2>
 *
 * <p>What a thread does before it releases a key happens before what a thread does that acquires it
 * later; of two readers that is not said. Acquisition and release of a key are linearizable; the
 * points are named in {@code KeyLock}. {@code acquire} of several keys is not atomic: others may
 * see that some are held already.
 *
 * <p>An acquisition of a free key is an insertion into a concurrent hash table, its release a
 * removal: there is no lock that all go through. Those who wait are parked, in the order of their
 * arrival. Who arrives to write may overtake them until the first has waited for one millisecond
 * and runs; who arrives to read stands in line. So in a steady state nobody starves, {@code
 * tryLock()} excepted. No thread that has left leaves anything behind.
 *
 * <p>Thread-safe. No argument, no key and no element may be {@code null}. Havender's rule: J. W.
 * Havender, Avoiding deadlock in multitasking systems, IBM Systems Journal 7/2, 1968.
 *
 * <p>This class may be lifted out; {@code docs/lift-out.md} lists the files that must come along.
 *
 * @param <K> the keys
 */
public final class OrderedLockManager<K> {
  private static final AtomicLong COUNT = new AtomicLong();

  private final KeyLocks<K> locks;
  private final Comparator<? super K> order;

  /** What becomes of an acquisition that is out of order. */
  public enum OutOfOrder {
    /** It is refused: {@link LockOrderException}. The default. */
    THROW,

    /** The listener is told, and it goes on. It may wait, then, and deadlock. */
    REPORT
  }

  private OrderedLockManager(Builder<K> builder) {
    String given = builder.name;
    order = builder.order;
    locks =
        new KeyLocks<>(
            given != null ? given : "ordered-" + COUNT.incrementAndGet(),
            order,
            builder.outOfOrder == OutOfOrder.THROW,
            builder.listener,
            builder.recordOneIn);
  }

  /** A manager with a generated name, whose keys have their natural order. */
  public static <K extends Comparable<? super K>> OrderedLockManager<K> natural() {
    return OrderedLockManager.<K>builder().build();
  }

  /**
   * A manager with a generated name and the given order.
   *
   * @throws NullPointerException if {@code order} is null
   */
  public static <K> OrderedLockManager<K> ordered(Comparator<? super K> order) {
    return OrderedLockManager.<K>builder(order).build();
  }

  /** Starts a manager with other properties, whose keys have their natural order. */
  public static <K extends Comparable<? super K>> Builder<K> builder() {
    return new Builder<>(Comparator.<K>naturalOrder());
  }

  /**
   * Starts a manager with other properties and the given order.
   *
   * @throws NullPointerException if {@code order} is null
   */
  public static <K> Builder<K> builder(Comparator<? super K> order) {
    return new Builder<>(Objects.requireNonNull(order, "order"));
  }

  /**
   * Properties of a manager to be built; not thread-safe. Every method but {@link #build} returns
   * this builder and checks nothing: that is done at once, by {@link #build}.
   *
   * @param <K> the keys
   */
  public static final class Builder<K> {
    private final Comparator<? super K> order;
    private @Nullable String name;
    private boolean named;
    private OutOfOrder outOfOrder = OutOfOrder.THROW;
    private @Nullable Consumer<? super LockOrderException> listener;
    private boolean listening;
    private int recordOneIn = 1024;

    private Builder(Comparator<? super K> order) {
      this.order = order;
    }

    /**
     * The name that stands in errors, reports and events, with the key in brackets; by default
     * {@code ordered-} and a number. Neither null nor blank.
     */
    public Builder<K> name(String name) {
      this.name = name;
      named = true;
      return this;
    }

    /**
     * What becomes of an acquisition that is out of order; by default {@link OutOfOrder#THROW}.
     * {@link OutOfOrder#REPORT} needs a {@link #listener}. Not null.
     */
    public Builder<K> outOfOrder(OutOfOrder outOfOrder) {
      this.outOfOrder = outOfOrder;
      return this;
    }

    /**
     * Is told of each acquisition that is out of order, whether it is refused or not, by the thread
     * that asks for it, before it waits; that thread holds what it has held before, and no lock
     * inside the manager. What the listener throws, the acquisition throws, having acquired
     * nothing. By default there is none. Not null.
     */
    public Builder<K> listener(Consumer<? super LockOrderException> listener) {
      this.listener = listener;
      listening = true;
      return this;
    }

    /**
     * Of how many acquisitions one is to record where it was made, at about a microsecond each: 1
     * for all, 0 for none; by default 1024. That is the place of the key held in a {@link
     * LockOrderException}; the place where the other one is asked for is known in any case. If it
     * is missed once, the next 1,024 acquisitions are recorded, so a mistake that happens again is
     * told with both.
     */
    public Builder<K> recordOneIn(int recordOneIn) {
      this.recordOneIn = recordOneIn;
      return this;
    }

    /**
     * The manager. A builder may build several, which know nothing of each other.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     */
    public OrderedLockManager<K> build() {
      List<String> wrong = new ArrayList<>();
      if (named && (name == null || name.isBlank())) {
        wrong.add(name == null ? "name is null" : "name is blank: \"" + name + '"');
      }
      if (outOfOrder == null) {
        wrong.add("outOfOrder is null");
      }
      if (listening && listener == null) {
        wrong.add("listener is null");
      } else if (outOfOrder == OutOfOrder.REPORT && listener == null) {
        wrong.add("outOfOrder is REPORT, and there is no listener");
      }
      if (recordOneIn < 0) {
        wrong.add("recordOneIn is negative: " + recordOneIn);
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      return new OrderedLockManager<>(this);
    }
  }

  /** The name given to the builder, or the generated one. */
  public String name() {
    return locks.name;
  }

  // ------------------------------------------------------------------ one key

  /**
   * The lock of one key, for writing: only a name for it, which keeps nothing in the manager and
   * may be kept. What has been acquired through one is held for all that are equal.
   *
   * @throws NullPointerException if {@code key} is null
   */
  public Lock lock(K key) {
    return new KeyView<>(locks, Objects.requireNonNull(key, "key"), Mode.WRITE);
  }

  /**
   * The lock of one key, for reading and for writing; {@code writeLock()} is {@link #lock}. The
   * read lock has no conditions.
   *
   * @throws NullPointerException if {@code key} is null
   */
  public ReadWriteLock readWriteLock(K key) {
    return new BothSides(
        new KeyView<>(locks, Objects.requireNonNull(key, "key"), Mode.READ),
        new KeyView<>(locks, key, Mode.WRITE));
  }

  private record BothSides(Lock readLock, Lock writeLock) implements ReadWriteLock {}

  // ------------------------------------------------------------------ many keys

  /**
   * Acquires all keys for writing, waiting as long as it takes; an interrupt is kept for later. Use
   * {@code acquire(keys, Deadline.none())} to wait interruptibly.
   *
   * @return closes to release; idempotent, to be closed by the calling thread
   * @throws LockOrderException if the thread holds a key that does not come before all of those
   *     that it does not hold yet
   * @throws LockUpgradeException if the thread holds one of them for reading only
   * @throws IllegalArgumentException if two different keys compare as 0
   * @throws NullPointerException if {@code keys} or a key is null
   */
  public Guard acquire(Collection<? extends K> keys) {
    return uninterruptibly(sorted(keys), null);
  }

  /**
   * Acquires all keys for writing before {@code deadline}, which is for all of them together.
   *
   * @return closes to release; idempotent, to be closed by the calling thread
   * @throws InterruptedException if the thread is interrupted, before or during a wait
   * @throws LockTimeoutException if the deadline passes first; it names the key that was not to be
   *     had, and who held it. With a deadline that has passed, keys that are free are acquired
   * @throws LockOrderException if the thread holds a key that does not come before all of those
   *     that it does not hold yet
   * @throws LockUpgradeException if the thread holds one of them for reading only
   * @throws IllegalArgumentException if two different keys compare as 0
   * @throws NullPointerException if an argument or a key is null
   */
  public Guard acquire(Collection<? extends K> keys, Deadline deadline)
      throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    return interruptibly(sorted(keys), null, deadline);
  }

  /**
   * Acquires each key for what the map says, waiting as long as it takes; an interrupt is kept for
   * later. Otherwise as {@link #acquire(Collection)}.
   *
   * @return closes to release; idempotent, to be closed by the calling thread
   */
  public Guard acquire(Map<? extends K, Mode> keys) {
    K[] sorted = sorted(keys.keySet());
    return uninterruptibly(sorted, modes(sorted, keys));
  }

  /**
   * Acquires each key for what the map says, before {@code deadline}. Otherwise as {@link
   * #acquire(Collection, Deadline)}.
   *
   * @return closes to release; idempotent, to be closed by the calling thread
   * @throws InterruptedException if the thread is interrupted, before or during a wait
   * @throws LockTimeoutException if the deadline passes first
   */
  public Guard acquire(Map<? extends K, Mode> keys, Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    K[] sorted = sorted(keys.keySet());
    return interruptibly(sorted, modes(sorted, keys), deadline);
  }

  private Guard uninterruptibly(K[] keys, Mode @Nullable [] modes) {
    Hold<K> hold = new Hold<>(locks, modes); // first, since memory may be short
    try {
      hold.holds = locks.lockAll(keys, modes, How.UNINTERRUPTIBLY, Deadline.none());
    } catch (InterruptedException e) {
      throw new AssertionError(e); // it was not to be interrupted
    }
    return hold;
  }

  private Guard interruptibly(K[] keys, Mode @Nullable [] modes, Deadline deadline)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Hold<K> hold = new Hold<>(locks, modes);
    hold.holds = locks.lockAll(keys, modes, How.UNTIL, deadline);
    return hold;
  }

  /** The keys in ascending order, each once. */
  private K[] sorted(Collection<? extends K> keys) {
    @SuppressWarnings("unchecked") // what a collection of them contains
    K[] all = (K[]) keys.toArray();
    for (K key : all) {
      Objects.requireNonNull(key, "key");
    }
    if (all.length == 2) {
      if (order.compare(all[0], all[1]) > 0) {
        K smaller = all[1];
        all[1] = all[0];
        all[0] = smaller;
      }
    } else if (all.length > 2) {
      Arrays.sort(all, order);
    }
    return all.length < 2 ? all : distinct(all);
  }

  private K[] distinct(K[] sorted) {
    int n = 1;
    for (int i = 1; i < sorted.length; i++) {
      K before = sorted[n - 1];
      K key = sorted[i];
      if (before.equals(key)) {
        continue;
      }
      if (order.compare(before, key) == 0) {
        throw new IllegalArgumentException(
            "The order of "
                + name()
                + " does not say which comes first: "
                + before
                + " and "
                + key
                + " are not equal, and compare as 0");
      }
      sorted[n++] = key;
    }
    return n == sorted.length ? sorted : Arrays.copyOf(sorted, n);
  }

  private static <K> Mode[] modes(K[] keys, Map<? extends K, Mode> map) {
    Mode[] modes = new Mode[keys.length];
    for (int i = 0; i < keys.length; i++) {
      K key = keys[i];
      modes[i] = Objects.requireNonNull(map.get(key), () -> "mode of " + key);
    }
    return modes;
  }

  /** What was acquired by one call, as a guard; its owner's. */
  private static final class Hold<K> implements Guard {
    private final Thread owner = Thread.currentThread();
    private final KeyLocks<K> locks;
    private final Mode @Nullable [] modes;
    private KeyHold<K> @Nullable [] holds;

    Hold(KeyLocks<K> locks, Mode @Nullable [] modes) {
      this.locks = locks;
      this.modes = modes;
    }

    @Override
    public void close() {
      KeyHold<K>[] held = holds;
      if (held == null) {
        return;
      }
      Thread closer = Thread.currentThread();
      if (closer != owner) {
        throw LockHolder.notTheOwner(closer, owner, "keys of " + locks.name);
      }
      holds = null;
      locks.unlockAll(held, modes);
    }
  }

  // ------------------------------------------------------------------ reports

  /**
   * Who holds the key, and how: a snapshot. Who is just arriving or leaving may be seen or not; one
   * that holds throughout the call is always seen.
   *
   * @return unmodifiable; one for each thread; empty if nobody holds it
   * @throws NullPointerException if {@code key} is null
   */
  public List<LockHolder> holders(K key) {
    return locks.holders(key, key.hashCode());
  }

  /** The keys that the calling thread holds, in ascending order; unmodifiable. */
  public List<K> heldKeys() {
    return locks.heldKeys();
  }

  /** What the manager has done so far, and how many keys are in use. */
  public OrderedLockStats stats() {
    return locks.stats.snapshot(name(), locks.keys());
  }

  /** Whether nothing is left of anybody, when nobody comes or goes; for tests. */
  boolean isUnused() {
    return locks.isEmpty();
  }

  /** The name, and how many keys are in use. */
  @Override
  public String toString() {
    return "OrderedLockManager[" + name() + ", " + locks.keys() + " keys in use]";
  }
}
