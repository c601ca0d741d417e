// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.diagnose.LockOrder;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * A reentrant lock that can always say who holds it and who waits for it, and whose waits a
 * deadlock detector sees.
 *
 * <pre>{@code
 * private final WatchedLock lock = detector.lock("accounts");
 *
 * void transfer() throws InterruptedException {
 *   try (var g = lock.lock(Deadline.after(Duration.ofSeconds(2)))) {
 *     // ...
 *   } // a LockTimeoutException says who held the lock, for how long, and where that thread is
 * }
 * }</pre>
 *
 * <h2>Semantics</h2>
 *
 * <p>Those of {@link java.util.concurrent.locks.ReentrantLock} in its default form: one thread
 * holds the lock, which may be a platform or a virtual thread; it may acquire it again, up to
 * 2,147,483,647 times, and releases it as often. Only the holder releases: {@code unlock} by
 * another thread throws {@link IllegalMonitorStateException}, which names both. Who arrives may
 * overtake those in line. {@code tryLock()} does not wait, and overtakes; {@code tryLock} with time
 * and the other waiting methods stand in line; with zero or a negative time it does not wait.
 *
 * <p>{@code lock()} ignores interrupts and keeps them for later; a thread that is interrupted while
 * it waits so goes to the end of the line. Conditions are whole, with all their timed forms.
 *
 * <h2>Deadlocks</h2>
 *
 * <p>Every wait is registered with {@code dev.interleave.diagnose.Waits}. If a {@code
 * DeadlockDetector} is at work, each method that waits without a time limit may throw its {@code
 * DeadlockException}: the calling thread holds what it held before, and nothing new. A method that
 * is declared to throw {@link InterruptedException}, and was waiting already, throws that with the
 * {@code DeadlockException} as its cause. Conditions' waits are never failed, since they have to
 * end with the lock held.
 *
 * <h2>The order of locks</h2>
 *
 * <p>With a {@linkplain Builder#lockOrder lock order} each outermost acquisition is also compared
 * with what the thread holds. A step that makes a deadlock possible is told to the order's listener
 * by the thread that makes it, before it waits or holds anything new. What the listener throws, the
 * method throws, so it may refuse. A wait for a condition is an acquisition, too, if the thread
 * holds locks that it acquired later than this one: it keeps them while it waits to have this one
 * again. If that is refused the wait does not begin, and the lock stays held. Acquisitions with a
 * time limit, and {@code tryLock()}, are never refused.
 *
 * <h2>How long it has been held</h2>
 *
 * <p>An acquisition that need not wait does not look at the clock: a look costs more than the
 * acquisition. But each gets a number. So whoever waits knows that the lock has not changed hands,
 * if the number is the same as when it began to wait: then it was held for at least that long. An
 * acquisition that had to wait notes the time, since it looked at the clock anyway. {@link
 * #heldAtLeast()} and the {@link LockTimeoutException} say the longer of what is known so.
 *
 * <h2>Memory effects, progress, cost</h2>
 *
 * <p>All a thread does before it releases the lock happens before what a thread does that acquires
 * it later. The lock is linearizable; the points are named in {@code WatchedSync}. It is blocking;
 * nobody is guaranteed a turn, as with {@code ReentrantLock}. An acquisition that need not wait
 * costs what {@code ReentrantLock}'s costs; with a lock order a few loads and stores more.
 *
 * <p>On HotSpot, a {@code StackOverflowError} from an acquisition or a release comes before it has
 * changed anything: after one from {@code unlock()}, the hold is still there. {@code StackRoom}
 * tells how, and where that ends.
 *
 * <p>Thread-safe. No method accepts {@code null}.
 */
public final class WatchedLock implements Lock {
  private static final AtomicLong COUNT = new AtomicLong();

  private final WatchedSync sync;

  /** A lock with a generated name, watched by every detector. */
  public WatchedLock() {
    this(new Builder());
  }

  private WatchedLock(Builder builder) {
    String given = builder.name;
    String name = given != null ? given : "lock-" + COUNT.incrementAndGet();
    LockOrder order = builder.order;
    String lockClass = builder.lockClass;
    LockOrder.Member member =
        order == null ? null : order.join(lockClass == null ? name : lockClass);
    sync = new WatchedSync(name, builder.watcher, builder.siteEvery, member);
  }

  /** Starts a lock with other properties than the default ones. */
  public static Builder builder() {
    return new Builder();
  }

  /** Properties of a lock to be built; not thread-safe. Every method returns this builder. */
  public static final class Builder {
    private @Nullable String name;
    private @Nullable Object watcher;
    private @Nullable LockOrder order;
    private @Nullable String lockClass;
    private int siteEvery;

    private Builder() {}

    /**
     * The name that stands in errors, reports and events; by default {@code lock-} and a number.
     *
     * @throws NullPointerException if {@code name} is null
     * @throws IllegalArgumentException if {@code name} is blank
     */
    public Builder name(String name) {
      Objects.requireNonNull(name, "name");
      if (name.isBlank()) {
        throw new IllegalArgumentException("name is blank: \"" + name + '"');
      }
      this.name = name;
      return this;
    }

    /**
     * Who alone is to act on deadlocks over this lock: a {@code DeadlockDetector}, whose method
     * {@code lock} is the short way to such a lock. By default all are.
     *
     * @throws NullPointerException if {@code watcher} is null
     */
    public Builder watcher(Object watcher) {
      this.watcher = Objects.requireNonNull(watcher, "watcher");
      return this;
    }

    /**
     * Remembers the stack of every {@code n}th acquisition, for reports; by default 0, for none. A
     * stack costs some microseconds.
     *
     * @throws IllegalArgumentException if {@code n} is negative
     */
    public Builder acquisitionSites(int n) {
      if (n < 0) {
        throw new IllegalArgumentException("acquisitionSites: " + n);
      }
      siteEvery = n;
      return this;
    }

    /**
     * Tells {@code order} of each acquisition, so that it can say where deadlocks are possible; by
     * default none is told.
     *
     * @throws NullPointerException if {@code order} is null
     */
    public Builder lockOrder(LockOrder order) {
      this.order = Objects.requireNonNull(order, "order");
      return this;
    }

    /**
     * The class of the lock in its {@linkplain #lockOrder order}; by default its name.
     *
     * @throws NullPointerException if {@code lockClass} is null
     */
    public Builder lockClass(String lockClass) {
      this.lockClass = Objects.requireNonNull(lockClass, "lockClass");
      return this;
    }

    /** The lock. A builder may build several. */
    public WatchedLock build() {
      return new WatchedLock(this);
    }
  }

  /** The name given to the builder, or the generated one. */
  public String name() {
    return sync.name();
  }

  /**
   * Acquires the lock, waiting as long as it takes; an interrupt is kept for later.
   *
   * @throws dev.interleave.diagnose.DeadlockException if a detector found that it would wait for
   *     ever
   */
  @Override
  public void lock() {
    sync.lock(Thread.currentThread());
  }

  /**
   * Acquires the lock, waiting as long as it takes.
   *
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   * @throws dev.interleave.diagnose.DeadlockException if a detector found that it would wait for
   *     ever
   */
  @Override
  public void lockInterruptibly() throws InterruptedException {
    boolean unused = sync.lock(Thread.currentThread(), false, 0);
  }

  @Override
  public boolean tryLock() {
    return sync.tryLock(Thread.currentThread(), true);
  }

  @Override
  public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
    return sync.lock(Thread.currentThread(), true, unit.toNanos(time));
  }

  /**
   * Acquires the lock before {@code deadline}.
   *
   * @return closes to release; idempotent, to be closed by the calling thread
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   * @throws LockTimeoutException if the deadline passes first; the lock is not waited for if it has
   *     passed already, but acquired if it is free
   * @throws dev.interleave.diagnose.DeadlockException if {@code deadline} is none, and a detector
   *     found that it would wait for ever
   * @throws NullPointerException if {@code deadline} is null
   */
  public Guard lock(Deadline deadline) throws InterruptedException {
    Objects.requireNonNull(deadline, "deadline");
    Hold guard = new Hold(this); // first, since memory may be short
    Thread t = Thread.currentThread();
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (!sync.tryLock(t, !deadline.isNone())) {
      lockSlowly(t, deadline);
    }
    return guard;
  }

  private void lockSlowly(Thread t, Deadline deadline) throws InterruptedException {
    long start = System.nanoTime();
    long hold = sync.number();
    if (!sync.lock(t, !deadline.isNone(), deadline.remainingNanos())) {
      throw timedOut(hold, start);
    }
  }

  private LockTimeoutException timedOut(long hold, long start) {
    long waited = System.nanoTime() - start;
    LockHolder holder = sync.holder();
    Thread thread = holder == null ? null : holder.thread();
    List<StackTraceElement> stack = thread == null ? List.of() : List.of(thread.getStackTrace());
    long now = sync.number();
    long held = Math.max(sync.heldNanos(now), now == hold ? waited : -1);
    return new LockTimeoutException(
        name(),
        LockHolder.Mode.LOCK,
        Duration.ofNanos(waited),
        holder == null ? List.of() : List.of(holder),
        held < 0 ? null : Duration.ofNanos(held),
        stack);
  }

  /**
   * Releases one hold.
   *
   * @throws IllegalMonitorStateException if the calling thread does not hold the lock
   */
  @Override
  public void unlock() {
    sync.unlock();
  }

  @Override
  public Condition newCondition() {
    return new WatchedCondition(sync);
  }

  /** How often the calling thread holds the lock; 0 if it does not. */
  public int holdCount() {
    return sync.holds(Thread.currentThread());
  }

  /** Whether somebody holds the lock at this moment. */
  public boolean isLocked() {
    return sync.isLocked();
  }

  /** Who holds the lock; a snapshot. A thread that ended without releasing is named as well. */
  public Optional<LockHolder> holder() {
    return Optional.ofNullable(sync.holder());
  }

  /**
   * For how long the present hold has lasted at least, if the holder had to wait for the lock;
   * empty if the lock is free, or if it got it at once and so did not look at the clock.
   */
  public Optional<Duration> heldAtLeast() {
    if (!sync.isLocked()) {
      return Optional.empty();
    }
    long nanos = sync.heldNanos(sync.number());
    return nanos < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
  }

  /** What the lock has done so far and is doing now. */
  public WatchedLockStats stats() {
    return sync.stats();
  }

  /** The name, and who holds the lock now. */
  @Override
  public String toString() {
    LockHolder holder = sync.holder();
    return "WatchedLock[" + name() + (holder == null ? ", free]" : ", held for [" + holder + "]]");
  }

  /** A hold as a guard. Its owner's. */
  private static final class Hold implements Guard {
    private final Thread owner = Thread.currentThread();
    private @Nullable WatchedLock lock;

    Hold(WatchedLock lock) {
      this.lock = lock;
    }

    @Override
    public void close() {
      WatchedLock held = lock;
      if (held == null) {
        return;
      }
      Thread closer = Thread.currentThread();
      if (closer != owner) {
        throw LockHolder.notTheOwner(closer, owner, held.name());
      }
      held.unlock();
      lock = null;
    }
  }
}
