// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A reentrant read-write lock whose readers do not meet on one cache line, and which knows who
 * holds it, readers included.
 *
 * <pre>{@code
 * private final BiasedReadWriteLock lock = new BiasedReadWriteLock();
 *
 * Price price(String symbol) {
 *   try (var g = lock.read()) {
 *     return prices.get(symbol);
 *   }
 * }
 * }</pre>
 *
 * <h2>Semantics</h2>
 *
 * <p>Any number of threads hold the read lock, or one thread holds the write lock. Holds belong to
 * threads: the thread that acquired releases, whether it is a platform or a virtual thread.
 *
 * <ul>
 *   <li><b>Reentrant</b> on both sides, without limit; a thread that holds the read lock gets it
 *       again whoever is waiting.
 *   <li><b>Downgrade</b>: the writer may acquire the read lock and keep it when it releases the
 *       write lock.
 *   <li><b>Upgrade is refused</b>: a thread that holds only the read lock and asks for the write
 *       lock, in whichever way, gets a {@link LockUpgradeException} at once instead of waiting for
 *       itself. So does one that holds both and awaits a condition.
 *   <li><b>Unlock without hold</b> throws {@link IllegalMonitorStateException}.
 *   <li><b>Conditions</b> belong to the write lock; the read lock's {@code newCondition} throws
 *       {@link UnsupportedOperationException}.
 *   <li><b>{@code tryLock()}</b> without time overtakes everybody who waits. Reading, it fails only
 *       while a writer is in. Writing, it fails while anybody is in, or another writer is next and
 *       waits for the readers to leave, or another thread is acquiring at that very moment. With a
 *       time, it waits in line like {@code lock()}; with zero or a negative one it does not wait,
 *       and overtakes only whom {@code lock()} may overtake. A reader and a writer that try a free
 *       lock at the same time, in whichever of these ways, do not both fail, unless the writer is
 *       interrupted, or refused as an upgrade or by a detector.
 * </ul>
 *
 * <h2>Who goes first</h2>
 *
 * <p>{@link Preference} says who overtakes whom. In no preference does anybody starve: a thread
 * first in line is overtaken for at most one millisecond (until it runs after that time), then
 * everybody who arrives stands in line behind it; {@code tryLock()} without time excepted. Under
 * READERS, a writer that did not lose its patience in line is overtaken for another millisecond
 * once it is next.
 *
 * <h2>Memory effects, progress, cost</h2>
 *
 * <p>All a thread does before it releases the write lock happens before what any thread does that
 * acquires either lock later; all it does before releasing the read lock, before what a later
 * writer does. The lock is linearizable but for one thing, the points being named in {@code
 * ReadWriteSync}: a biased reader's release takes effect when its store becomes visible to others,
 * perhaps some nanoseconds after {@code unlock()} has returned, and a writer's {@code tryLock()}
 * may still fail in between. It is blocking: no acquisition is lock-free, but a biased read
 * acquisition without a writer takes a bounded number of steps.
 *
 * <p>A biased read costs one compare-and-set on a line of the reader's own and a release store. A
 * write on a biased lock has to look at every slot in use. The lock observes itself and is biased
 * only while there are at least four reads for each write, judged every sixteen writes or more;
 * {@code biased(false)} switches that off. It takes some 700 bytes, and once it is biased, or
 * readers share it by the counter, some 150 more for each slot, of which there are four to eight
 * per processor (16 to 256). No thread that has left leaves anything behind but its id and name in
 * a slot.
 *
 * <p>{@link #tryOptimisticRead} is cheaper still, for short reads of plain fields.
 *
 * <p>On HotSpot, a {@code StackOverflowError} from an acquisition or a release comes before it has
 * changed anything: after one from {@code unlock()}, the hold is still there. {@code StackRoom}
 * tells how, and where that ends.
 *
 * <p>Thread-safe. No method accepts {@code null}. After Dave Dice and Alex Kogan, "BRAVO: Biased
 * Locking for Reader-Writer Locks", USENIX ATC 2019; how it works is told in {@code ReadWriteSync}.
 *
 * <p>This class may be lifted out; {@code docs/lift-out.md} lists the files that must come along.
 */
public final class BiasedReadWriteLock implements ReadWriteLock {
  private static final AtomicLong COUNT = new AtomicLong();

  private final String name;
  private final ReadWriteSync sync;
  private final ReadLock readLock;
  private final WriteLock writeLock;

  /** Who overtakes whom. */
  public enum Preference {
    /**
     * Readers that arrive come in as long as no writer is in, whoever waits; after a writer has
     * waited one millisecond for them they stand in line. A writer that arrives never overtakes.
     */
    READERS,

    /**
     * The default. Readers that arrive while a writer is in or next wait; writers that arrive may
     * overtake all who stand in line, until the first of them has waited one millisecond. Best
     * throughput, and for writers the shortest median wait; the longest waits are shorter under
     * FAIR.
     */
    WRITERS,

    /**
     * Whoever arrives stands in line behind those who wait, as in {@code
     * ReentrantReadWriteLock(true)}; an untimed {@code tryLock()} does not. Each change of hands
     * may then cost a context switch. On a lock with few writes, one that finds it taken looks
     * again twice before, within some microseconds.
     */
    FAIR
  }

  /** A lock with a generated name, preference {@link Preference#WRITERS}, biased. */
  public BiasedReadWriteLock() {
    this(new Builder());
  }

  private BiasedReadWriteLock(Builder builder) {
    String given = builder.name;
    name = given != null ? given : "rwlock-" + COUNT.incrementAndGet();
    sync = new ReadWriteSync(name, builder.preference, builder.biased);
    readLock = new ReadLock(this);
    writeLock = new WriteLock(this);
  }

  /** Starts a lock with other properties than the default ones. */
  public static Builder builder() {
    return new Builder();
  }

  /** Properties of a lock to be built; not thread-safe. Every method returns this builder. */
  public static final class Builder {
    private @Nullable String name;
    private Preference preference = Preference.WRITERS;
    private boolean biased = true;

    private Builder() {}

    /**
     * The name that stands in errors, reports and events; by default {@code rwlock-} and a number.
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
     * Who overtakes whom; by default {@link Preference#WRITERS}.
     *
     * @throws NullPointerException if {@code preference} is null
     */
    public Builder preference(Preference preference) {
      this.preference = Objects.requireNonNull(preference, "preference");
      return this;
    }

    /**
     * Whether the lock may become biased towards readers; by default true. Without it the lock
     * counts its readers in one word, as {@code ReentrantReadWriteLock} does.
     */
    public Builder biased(boolean biased) {
      this.biased = biased;
      return this;
    }

    /** The lock. A builder may build several. */
    public BiasedReadWriteLock build() {
      return new BiasedReadWriteLock(this);
    }
  }

  /** The name given to the builder, or the generated one. */
  public String name() {
    return name;
  }

  @Override
  public Lock readLock() {
    return readLock;
  }

  @Override
  public Lock writeLock() {
    return writeLock;
  }

  /**
   * Acquires the read lock, waiting as long as it takes; an interrupt is kept for later. Use {@code
   * read(Deadline.none())} to wait interruptibly.
   *
   * @return closes to release; idempotent, to be closed by the calling thread
   * @throws dev.interleave.diagnose.DeadlockException if a detector found that it would wait for
   *     ever
   */
  public Guard read() {
    Hold hold = new Hold(name, readLock); // first, since memory may be short
    readLock.lock();
    return hold;
  }

  /**
   * Acquires the write lock, waiting as long as it takes; an interrupt is kept for later. Use
   * {@code write(Deadline.none())} to wait interruptibly.
   *
   * @return closes to release; idempotent, to be closed by the calling thread
   * @throws LockUpgradeException if the calling thread holds only the read lock
   * @throws dev.interleave.diagnose.DeadlockException if a detector found that it would wait for
   *     ever
   */
  public Guard write() {
    Hold hold = new Hold(name, writeLock);
    writeLock.lock();
    return hold;
  }

  /**
   * Acquires the read lock before {@code deadline}.
   *
   * @return closes to release; idempotent, to be closed by the calling thread
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   * @throws LockTimeoutException if the deadline passes first; the lock is not waited for if it has
   *     passed already, but acquired if it is free
   * @throws dev.interleave.diagnose.DeadlockException if {@code deadline} is none, and a detector
   *     found that it would wait for ever
   * @throws NullPointerException if {@code deadline} is null
   */
  public Guard read(Deadline deadline) throws InterruptedException {
    long start = startOf(deadline);
    Hold hold = new Hold(name, readLock);
    if (!readLock.lock(deadline)) {
      throw timedOut(LockHolder.Mode.READ, start);
    }
    return hold;
  }

  /**
   * Acquires the write lock before {@code deadline}.
   *
   * @return closes to release; idempotent, to be closed by the calling thread
   * @throws InterruptedException if the thread is interrupted, before or during the wait
   * @throws LockTimeoutException if the deadline passes first; the lock is not waited for if it has
   *     passed already, but acquired if it is free
   * @throws LockUpgradeException if the calling thread holds only the read lock
   * @throws dev.interleave.diagnose.DeadlockException if {@code deadline} is none, and a detector
   *     found that it would wait for ever
   * @throws NullPointerException if {@code deadline} is null
   */
  public Guard write(Deadline deadline) throws InterruptedException {
    long start = startOf(deadline);
    Hold hold = new Hold(name, writeLock);
    if (!writeLock.lock(deadline)) {
      throw timedOut(LockHolder.Mode.WRITE, start);
    }
    return hold;
  }

  private static long startOf(Deadline deadline) {
    Objects.requireNonNull(deadline, "deadline");
    return System.nanoTime();
  }

  private LockTimeoutException timedOut(LockHolder.Mode mode, long start) {
    Duration waited = Duration.ofNanos(System.nanoTime() - start);
    return new LockTimeoutException(name, mode, waited, holders(), sync.nextWriter());
  }

  /**
   * Begins a read without a lock: read plain fields into locals, then ask {@link #validate} whether
   * no writer came in between; only then use them. Acquires nothing and never waits. A writer whose
   * call to acquire or release has not yet returned may count as out although {@link
   * #isWriteLocked} says that it is in.
   *
   * <pre>{@code
   * long stamp = lock.tryOptimisticRead();
   * double x = this.x, y = this.y;
   * if (!lock.validate(stamp)) {
   *   try (var g = lock.read()) { x = this.x; y = this.y; }
   * }
   * }</pre>
   *
   * @return a stamp for {@link #validate}; 0, which is never valid, while a writer is in
   */
  public long tryOptimisticRead() {
    return sync.tryOptimisticRead();
  }

  /**
   * Whether no writer has been in since {@code stamp} was given out: what was read since then is
   * consistent. False for 0. A stamp of another lock is not recognized as such, and may be taken
   * for one of this lock's.
   */
  public boolean validate(long stamp) {
    return sync.validate(stamp);
  }

  /** How often the calling thread holds the read lock; 0 if it does not. */
  public long readHoldCount() {
    return sync.readHolds(Thread.currentThread());
  }

  /** How often the calling thread holds the write lock; 0 if it does not. */
  public long writeHoldCount() {
    return sync.writeHolds(Thread.currentThread());
  }

  /** Whether a writer is in at this moment. */
  public boolean isWriteLocked() {
    return sync.isWriteLocked();
  }

  /**
   * Who holds this lock, readers included: a snapshot, taken at the cost of the caller alone. A
   * thread that is just arriving or leaving may be seen or not; one that holds throughout the call
   * is always seen. A thread that ended without releasing is named as well.
   *
   * @return unmodifiable; a thread that holds both locks appears twice
   */
  public List<LockHolder> holders() {
    return sync.holders();
  }

  /**
   * What the lock has done so far and is doing now. Cheap, but not free: it looks at every slot.
   */
  public LockStats stats() {
    return sync.stats();
  }

  /** The name, and who holds the lock now. */
  @Override
  public String toString() {
    List<LockHolder> holders = holders();
    return "BiasedReadWriteLock["
        + name
        + (holders.isEmpty() ? ", free]" : ", held for " + LockHolder.list(holders) + "]");
  }

  /** A hold as a guard. Its owner's: another thread that holds too must not give up its own. */
  private static final class Hold implements Guard {
    private final Thread owner = Thread.currentThread();
    private final String name;
    private @Nullable Lock lock;

    Hold(String name, Lock lock) {
      this.name = name;
      this.lock = lock;
    }

    @Override
    public void close() {
      Lock held = lock;
      if (held == null) {
        return;
      }
      Thread closer = Thread.currentThread();
      if (closer != owner) {
        throw LockHolder.notTheOwner(closer, owner, name);
      }
      held.unlock();
      lock = null;
    }
  }

  /**
   * Has what it needs at hand: each object it had to go through would cost every acquisition, and
   * more so on a line that writers write.
   */
  private static final class ReadLock implements Lock {
    private final ReadWriteSync sync;

    /** The slots, soon after there are some; written by races that all write the same. */
    private long @Nullable [] cells;

    private final BiasedReadWriteLock whole;

    ReadLock(BiasedReadWriteLock whole) {
      sync = whole.sync;
      this.whole = whole;
    }

    @Override
    public void lock() {
      sync.lockRead(Thread.currentThread(), cells);
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
      sync.lockRead(Thread.currentThread(), cells, false, 0);
    }

    @Override
    public boolean tryLock() {
      return sync.tryReadBarging(Thread.currentThread());
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
      Objects.requireNonNull(unit, "unit");
      return sync.lockRead(Thread.currentThread(), cells, true, unit.toNanos(time));
    }

    boolean lock(Deadline deadline) throws InterruptedException {
      boolean timed = !deadline.isNone();
      return sync.lockRead(Thread.currentThread(), cells, timed, deadline.remainingNanos());
    }

    @Override
    public void unlock() {
      Thread t = Thread.currentThread();
      if (!sync.unlockReadFast(t, cells)) {
        sync.unlockReadSlow(t);
        cells = sync.cells();
      }
    }

    @Override
    public Condition newCondition() {
      throw new UnsupportedOperationException(
          "The read lock of " + whole.name + " has no conditions");
    }

    @Override
    public String toString() {
      return "read lock of " + whole;
    }
  }

  /**
   * Has what it needs at hand: each object it had to go through would cost every acquisition, and
   * more so on a line that writers write.
   */
  private static final class WriteLock implements Lock {
    private final ReadWriteSync sync;
    private final BiasedReadWriteLock whole;

    WriteLock(BiasedReadWriteLock whole) {
      sync = whole.sync;
      this.whole = whole;
    }

    @Override
    public void lock() {
      sync.lockWrite(Thread.currentThread());
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
      sync.lockWrite(Thread.currentThread(), false, 0);
    }

    @Override
    public boolean tryLock() {
      return sync.tryWriteBarging(Thread.currentThread());
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
      Objects.requireNonNull(unit, "unit");
      return sync.lockWrite(Thread.currentThread(), true, unit.toNanos(time));
    }

    boolean lock(Deadline deadline) throws InterruptedException {
      return sync.lockWrite(Thread.currentThread(), !deadline.isNone(), deadline.remainingNanos());
    }

    @Override
    public void unlock() {
      sync.unlockWrite(Thread.currentThread());
    }

    @Override
    public Condition newCondition() {
      return new WriteCondition(sync);
    }

    @Override
    public String toString() {
      return "write lock of " + whole;
    }
  }
}
