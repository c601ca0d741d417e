// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import dev.interleave.lock.WatchedLock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds deadlocks the moment they happen, and breaks them.
 *
 * <pre>{@code
 * DeadlockDetector detector = DeadlockDetector.create();
 * WatchedLock accounts = detector.lock("accounts");
 * WatchedLock audit = detector.lock("audit");
 * // who would close a cycle gets a DeadlockException instead of waiting for ever
 * }</pre>
 *
 * <p>Everything that registers its waits is seen: the locks of {@link #lock}, every {@code
 * WatchedLock} and {@code BiasedReadWriteLock} (readers included), buffers, pools, mailboxes; on
 * platform and virtual threads alike. What is not registered, such as monitors and the locks of
 * {@code java.util.concurrent}, is taken for running; see {@link Diagnosis} for those.
 *
 * <h2>No false report, ever</h2>
 *
 * <p>A thread is dead only if no live thread can ever let it go on. A thread that runs is live, and
 * so is one whose wait ends when its time is up, however long that takes, and one that waits for
 * what anybody could do. So slow threads, long holds and timed waits are never reported. What is
 * found is proven by a second look at all waits and owners: {@code WaitGraph} says why that shows
 * that they were all there at one moment.
 *
 * <h2>No deadlock missed</h2>
 *
 * <p>Guava's {@code CycleDetectingLockFactory} asks whether it may acquire, and only then, if
 * nothing speaks against it, is the acquisition recorded; two threads that ask at the same time see
 * neither the other's question nor its wait, and both go to sleep (Guava issue 2048, open since
 * 2015). Here the order is the other way round: a thread first enters the registry, then passes a
 * full fence, then looks, and only then parks. What it owns it has acquired before. Of the threads
 * that close a cycle, whatever their number and timing, one passes its fence last; it sees the
 * waits and the possessions of all others. There is no moment in between in which a cycle could
 * close unseen, and no need of luck, of a second attempt or of a period.
 *
 * <p>Two things close a cycle although nobody begins to wait: a holder that ends without releasing,
 * and a wait that goes on as another one by a way the library does not see. For these there is the
 * watch, which looks {@linkplain Builder#period from time to time} while somebody waits.
 *
 * <h2>One victim</h2>
 *
 * <p>Proof, choice of the victim, and its removal from the registry happen under one lock for the
 * whole JVM. Another thread of the same ring that wants the same verdict comes after that, no
 * longer finds a ring, and parks. So each ring has exactly one victim, and the others go on as soon
 * as that one gives up what it holds. Only where threads share several rings, over read locks, one
 * victim may not be enough; then there is another one at once. {@link OnDeadlock} says who it is.
 *
 * <h2>Several detectors</h2>
 *
 * <p>A deadlock is a detector's if one of its resources was made by that detector, or by none. If
 * it is that of several, the first to find it acts, and the others find nothing left, except that
 * under {@link OnDeadlock#REPORT} it stays.
 *
 * <h2>Cost</h2>
 *
 * <p>Nothing for an acquisition that need not wait. One that has to wait looks at who is in its
 * way, and if one of these is running, as it mostly is, that is all.
 *
 * <p>Thread-safe. Locks work on when the detector is closed, unwatched. A detector that is not
 * closed stays for as long as the JVM. No method accepts {@code null}.
 */
public final class DeadlockDetector implements AutoCloseable {
  /** Verdicts are given one at a time in this JVM, whichever detector gives them. */
  private static final ReentrantLock VERDICT = new ReentrantLock();

  /** What is done about a deadlock. */
  public enum OnDeadlock {
    /**
     * The thread that would close the cycle gets a {@link DeadlockException} instead of waiting. If
     * it cannot be refused, since it is coming back from a condition and must have its lock again,
     * or if the watch found the deadlock, another one is ended as under {@link #INTERRUPT_VICTIM}.
     */
    FAIL_REQUESTER,

    /**
     * The thread that loses least is interrupted: of those whose wait can be ended the one that
     * holds the fewest of the resources in question; of several, the youngest, that is the one
     * whose wait began last. Its call throws: a {@link DeadlockException}, or if it is declared to
     * an {@link InterruptedException} that has it as its cause. All calls of {@code WatchedLock}
     * can be ended, {@code lock()} included, whose caller is not left interrupted. If no other can
     * be ended, the thread that would close the cycle is refused.
     */
    INTERRUPT_VICTIM,

    /** Nothing but telling the listener: the threads stay as they are. */
    REPORT
  }

  private final OnDeadlock onDeadlock;
  private final @Nullable Consumer<? super Deadlock> listener;
  private final int siteEvery;
  private final @Nullable LockOrder order;
  private final @Nullable Watch watch;
  private final Waits.Inspector inspector = this::inspect;
  private final LongAdder found = new LongAdder();

  /** Waits that were reported, so that nothing is reported twice; guarded by the verdict's lock. */
  private final Set<Wait> reported = new HashSet<>();

  private DeadlockDetector(Builder builder) {
    onDeadlock = builder.onDeadlock;
    listener = builder.listener;
    siteEvery = builder.siteEvery;
    order = builder.order;
    long nanos = builder.period.toNanos();
    watch = nanos == 0 ? null : new Watch("interleave-deadlock-watch", nanos, this::sweep);
    Waits.add(inspector);
  }

  /** A detector that fails the requester, at work from now on. */
  public static DeadlockDetector create() {
    return builder().build();
  }

  /** Starts a detector with other properties than the default ones. */
  public static Builder builder() {
    return new Builder();
  }

  /** Properties of a detector to be built; not thread-safe. Every method returns this builder. */
  public static final class Builder {
    private OnDeadlock onDeadlock = OnDeadlock.FAIL_REQUESTER;
    private @Nullable Consumer<? super Deadlock> listener;
    private Duration period = Duration.ofSeconds(1);
    private int siteEvery;
    private @Nullable LockOrder order;

    private Builder() {}

    /**
     * What to do about a deadlock; by default {@link OnDeadlock#FAIL_REQUESTER}.
     *
     * @throws NullPointerException if {@code policy} is null
     */
    public Builder onDeadlock(OnDeadlock policy) {
      onDeadlock = Objects.requireNonNull(policy, "policy");
      return this;
    }

    /**
     * Who is told of each deadlock, once: by the thread that found it, outside of every lock of the
     * library, before that thread goes on. A victim that was interrupted does not wait for that,
     * and may go on first. It may acquire and release what it likes, also what its thread held
     * before: until it returns that thread counts as live, and is part of no deadlock that another
     * one finds; then it looks again before it parks. What it throws is added to the {@link
     * DeadlockException} that the thread gets, or else handed to its handler of uncaught
     * exceptions.
     *
     * @throws NullPointerException if {@code listener} is null
     */
    public Builder listener(Consumer<? super Deadlock> listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * How often to look for what nobody who begins to wait could find, while somebody waits; by
     * default every second; zero for never.
     *
     * @throws NullPointerException if {@code period} is null
     * @throws IllegalArgumentException if it is negative, or longer than 292 years
     */
    public Builder period(Duration period) {
      Objects.requireNonNull(period, "period");
      if (period.isNegative() || period.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0) {
        throw new IllegalArgumentException("period: " + period);
      }
      this.period = period;
      return this;
    }

    /**
     * Has the locks of this detector remember the stack of every {@code n}th acquisition, for
     * reports; by default 0, for none. A stack costs some microseconds.
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
     * Has the locks of this detector tell {@code order} how they are acquired, each as a class by
     * its name, so that it can say where deadlocks are possible that have not happened. By default
     * none is told.
     *
     * @throws NullPointerException if {@code order} is null
     */
    public Builder lockOrder(LockOrder order) {
      this.order = Objects.requireNonNull(order, "order");
      return this;
    }

    /** The detector, at work from now on. A builder may build several. */
    public DeadlockDetector build() {
      Diagnosis.register();
      return new DeadlockDetector(this);
    }
  }

  /**
   * Makes a lock that this detector watches. Each call makes another one.
   *
   * @param name stands in errors, reports and events
   * @throws NullPointerException if {@code name} is null
   * @throws IllegalArgumentException if {@code name} is blank
   */
  public WatchedLock lock(String name) {
    WatchedLock.Builder lock =
        WatchedLock.builder().name(name).watcher(this).acquisitionSites(siteEvery);
    return (order == null ? lock : lock.lockOrder(order)).build();
  }

  /**
   * What is deadlocked now, of what {@linkplain DeadlockDetector concerns} this detector, found
   * before or not. Does nothing about it. A thread that is telling a {@linkplain Builder#listener
   * listener} is not deadlocked before that has returned.
   *
   * @return unmodifiable
   */
  public List<Deadlock> scan() {
    return Deadlocks.all().stream()
        .filter(deadlock -> deadlock.concerns(this))
        .map(Deadlocks.Found::report)
        .toList();
  }

  /** How many deadlocks this detector has found so far, without those that only scans saw. */
  public long found() {
    return found.sum();
  }

  /** Stops watching. Idempotent. */
  @Override
  public void close() {
    Waits.remove(inspector);
    if (watch != null) {
      watch.close();
    }
  }

  /**
   * A thread is about to park. If it tells of a deadlock first, this is called again after that.
   */
  private void inspect(Wait wait) {
    if (watch != null) {
      watch.wake();
    }
    if (WaitGraph.isSuspect(wait)) {
      List<Verdict> verdicts = judge(wait);
      if (!verdicts.isEmpty()) {
        tellAll(verdicts, wait);
      }
    }
  }

  /** Tells of all, and throws the refusal if there is one. */
  private void tellAll(List<Verdict> verdicts, Wait wait) {
    DeadlockException refusal = null;
    if (listener != null) {
      wait.tells();
    }
    try {
      for (Verdict verdict : verdicts) {
        tell(verdict);
        refusal = verdict.refusal != null ? verdict.refusal : refusal;
      }
    } finally {
      if (listener != null) {
        wait.hasTold();
      }
    }
    if (refusal != null) {
      throw refusal;
    }
  }

  /** What the watch does: there is no requester. */
  private void sweep() {
    if (!WaitGraph.ofAll().dead().isEmpty()) {
      judge(Deadlocks::all, null).forEach(this::tell);
    }
  }

  private List<Verdict> judge(Wait requester) {
    return judge(
        () -> requester.isWaiting() ? Deadlocks.of(requester) : List.of(), // else a victim already
        requester);
  }

  /**
   * Looks, and looks again for as long as there is something to be done: threads that share several
   * cycles need not all be free when one of them has gone.
   */
  private List<Verdict> judge(Supplier<List<Deadlocks.Found>> look, @Nullable Wait requester) {
    List<Verdict> given = new ArrayList<>();
    VERDICT.lock();
    try {
      int before;
      do {
        before = given.size();
        forgetThoseOver();
        for (Deadlocks.Found deadlock : look.get()) {
          judge(deadlock, requester).ifPresent(given::add);
        }
      } while (given.size() > before);
    } finally {
      VERDICT.unlock();
    }
    return given;
  }

  /** Before the look: a wait that ends after it must not make an old deadlock a new one. */
  private void forgetThoseOver() {
    reported.removeIf(wait -> !wait.isWaiting());
  }

  /** Chooses the victim and takes it out of the registry; with the verdict's lock held. */
  private Optional<Verdict> judge(Deadlocks.Found deadlock, @Nullable Wait requester) {
    if (!deadlock.concerns(this) || reported.containsAll(deadlock.waits())) {
      return Optional.empty();
    }
    found.increment();
    boolean canRefuse = requester != null && requester.exit() != Wait.Exit.NONE;
    if (onDeadlock == OnDeadlock.FAIL_REQUESTER && requester != null && canRefuse) {
      return Optional.of(refuse(requester, deadlock));
    }
    if (onDeadlock != OnDeadlock.REPORT) {
      for (Wait victim : byLoss(deadlock)) {
        if (victim == requester && victim.exit() == Wait.Exit.REFUSAL) {
          return Optional.of(refuse(victim, deadlock));
        }
        if (victim.exit() == Wait.Exit.INTERRUPT && end(victim, deadlock)) {
          return Optional.of(new Verdict(deadlock.report(), "interrupted", victim, null));
        }
      }
    }
    reported.addAll(deadlock.waits());
    return Optional.of(new Verdict(deadlock.report(), "reported", null, null));
  }

  private static Verdict refuse(Wait requester, Deadlocks.Found deadlock) {
    DeadlockException refusal = new DeadlockException(requester, deadlock.report());
    refusal.setStackTrace(Stacks.withoutLook(refusal.getStackTrace()));
    requester.leave();
    return new Verdict(deadlock.report(), "refused", requester, refusal);
  }

  private static boolean end(Wait victim, Deadlocks.Found deadlock) {
    DeadlockException why = new DeadlockException(victim, deadlock.report());
    int at = deadlock.waits().indexOf(victim);
    why.setStackTrace( // where the victim is, not where the detector found it
        deadlock.report().threads().get(at).stack().toArray(new StackTraceElement[0]));
    return victim.end(why);
  }

  /** Whoever loses least comes first. */
  private static List<Wait> byLoss(Deadlocks.Found deadlock) {
    IdentityHashMap<Thread, Integer> held = deadlock.locksHeld();
    long now = System.nanoTime();
    return deadlock.waits().stream()
        .sorted(
            Comparator.comparingInt((Wait wait) -> held.getOrDefault(wait.thread(), 0))
                .thenComparingLong(wait -> now - wait.sinceNanos()))
        .toList();
  }

  /** What was done about a deadlock, and what the requester is to throw, if anything. */
  private record Verdict(
      Deadlock deadlock,
      String outcome,
      @Nullable Wait victim,
      @Nullable DeadlockException refusal) {}

  /** Tells everybody, with no lock held. */
  private void tell(Verdict verdict) {
    String whom = verdict.victim == null ? "" : ' ' + Owner.describe(verdict.victim.thread());
    DeadlockEvent.tell(verdict.deadlock, verdict.outcome + whom);
    if (listener == null) {
      return;
    }
    try {
      listener.accept(verdict.deadlock);
    } catch (Throwable e) { // not swallowed: it goes where the Javadoc says
      if (verdict.refusal != null) {
        verdict.refusal.addSuppressed(e);
      } else {
        Waits.uncaught(e);
      }
    }
  }

  /** The policy and how many deadlocks were found. */
  @Override
  public String toString() {
    return "DeadlockDetector[" + onDeadlock + ", found " + found() + ']';
  }
}
