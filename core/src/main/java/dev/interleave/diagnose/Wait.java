// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One blocked call: which thread waits for what, since when, and how it can be ended. Made by
 * {@link Waits#enter}, which tells how it is used.
 *
 * <p>Thread-safe: any thread may look; {@link #leave} and {@link #check} are the waiter's own.
 */
public final class Wait {

  /** How a wait ends other than by getting what it wants. */
  public enum Exit {
    /**
     * By itself, when its time is up: never part of a deadlock. Inspectors are not asked. A call
     * that goes on waiting after that, such as a condition's that has to have its lock again,
     * begins another wait then.
     */
    TIMEOUT,

    /**
     * By an interrupt of the thread, and before it parks by an exception. The call leaves by an
     * exception then, and holds nothing new.
     */
    INTERRUPT,

    /** Only before it parks, by an exception: an uninterruptible lock. */
    REFUSAL,

    /** By nothing: a condition's wait that must have its lock again before it can say anything. */
    NONE
  }

  private static final int WAITING = 0;
  private static final int ENDING = 1;
  private static final int ENDED = 2;
  private static final int LEFT = 3;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Wait.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * Goes up whenever a thread takes a step whose wait was settled. It does so before anything else
   * that it does: who sees what came after sees that as well.
   */
  private static final AtomicLong STEPS = new AtomicLong(1);

  private final Thread thread = Thread.currentThread();
  private final Resource resource;
  private volatile String wants;
  private final Exit exit;
  private final long since = System.nanoTime();

  private volatile int state = WAITING;

  /** The number of steps for which this was {@linkplain #settle settled}; 0 if it never was. */
  private volatile long settled;

  /**
   * Goes up when the thread begins to tell a listener, instead of parking, and when it has done so:
   * odd in between. Written by the thread.
   */
  private volatile int tellings;

  /** Whether the waiter has taken the interrupt by which the wait was ended; its own. */
  private boolean interruptTaken;

  /** Why the wait was ended; written before {@link #ENDED}. */
  private @Nullable RuntimeException failure;

  // The registry's, guarded by the lock of a stripe.
  @Nullable Wait next;
  @Nullable Wait previous;
  boolean linked;

  Wait(Resource resource, String wants, Exit exit) {
    this.resource = Objects.requireNonNull(resource, "resource");
    this.wants = Objects.requireNonNull(wants, "wants");
    this.exit = Objects.requireNonNull(exit, "exit");
  }

  /** Who waits. */
  public Thread thread() {
    return thread;
  }

  /** What it waits for. */
  public Resource resource() {
    return resource;
  }

  /** What it wants of the resource now: {@code WRITE}, {@code put}. */
  public String wants() {
    return wants;
  }

  /** How it can be ended. */
  public Exit exit() {
    return exit;
  }

  /** Whether it ends by itself when its time is up. */
  public boolean isTimed() {
    return exit == Exit.TIMEOUT;
  }

  /** When it began, as {@link System#nanoTime()} had it. */
  public long sinceNanos() {
    return since;
  }

  /** How long it has lasted. */
  public Duration waited() {
    return Duration.ofNanos(Math.max(0, System.nanoTime() - since));
  }

  /** Whether it is still going on, and nobody has ended it. */
  public boolean isWaiting() {
    return state == WAITING;
  }

  /**
   * Asks the inspectors again: to be called by the waiter when it has got a part of what it waits
   * for and so stands in the way of others, while it waits on for the rest. If one throws, the wait
   * is over, as if {@link #leave} had been called, and the exception is the caller's to throw. A
   * wait that {@linkplain Exit#NONE nothing ends} goes on, though this may throw an error.
   */
  public void check() {
    Waits.inspect(this);
  }

  /**
   * The same call now waits for something else of the resource: to have a lock again, say, after a
   * condition's wait. Then as {@link #check()}; to be called by the waiter.
   *
   * @param now what it wants from now on
   */
  public void goOn(String now) {
    wants = Objects.requireNonNull(now, "now");
    unsettle();
    Waits.inspect(this);
  }

  /**
   * The wait is over; in a {@code finally}. Idempotent. If it was {@linkplain #failure() ended},
   * the interrupt by which it was ended is cleared, unless {@link #failureByInterrupt()} has said
   * that it was: then an interrupt that is pending is another one, and stays.
   */
  public void leave() {
    if (state == LEFT) {
      return;
    }
    Waits.unlink(this);
    if (!STATE.compareAndSet(this, WAITING, LEFT)) {
      leaveEnded();
    }
    unsettle();
  }

  private void leaveEnded() {
    awaitEnding();
    if (state == ENDED) {
      state = LEFT;
      if (!interruptTaken) {
        boolean unused = Thread.interrupted();
      }
    }
  }

  /** Another thread is about to interrupt this one, and does it some instructions later. */
  @SuppressWarnings("ThreadPriorityCheck") // correct without yielding, which only makes it likelier
  private void awaitEnding() {
    while (state == ENDING) {
      Thread.yield();
    }
  }

  /**
   * Why the wait was ended from outside, or null if it was not. A call that comes out of its wait
   * with nothing throws it, or if it may only throw an {@link InterruptedException} sets it as the
   * cause of that; a call that has got what it wants meanwhile ignores it.
   */
  public @Nullable RuntimeException failure() {
    awaitEnding();
    return state == WAITING ? null : failure;
  }

  /**
   * As {@link #failure()}, for a waiter that has just taken its thread's interrupt, by {@link
   * Thread#interrupted()} or as an {@link InterruptedException}. If the wait was ended, that one is
   * taken for the interrupt of who ended it.
   */
  public @Nullable RuntimeException failureByInterrupt() {
    RuntimeException why = failure();
    interruptTaken |= why != null;
    return why;
  }

  /**
   * Ends the wait from outside, if it can be ended so and is still going on: it is taken out of the
   * registry and its thread is interrupted.
   *
   * @param why what the call is to throw
   * @return whether this did it; false also if somebody else has done it before
   */
  public boolean end(RuntimeException why) {
    Objects.requireNonNull(why, "why");
    if (exit != Exit.INTERRUPT || !STATE.compareAndSet(this, WAITING, ENDING)) {
      return false;
    }
    failure = why;
    Waits.unlink(this);
    unsettle();
    thread.interrupt();
    state = ENDED;
    return true;
  }

  // ------------------------------------------------------------------ what is known of it

  /**
   * How many steps have been taken by threads whose waits were settled: to be asked before a look.
   */
  static long steps() {
    return STEPS.get();
  }

  /**
   * A detector that has looked says that nobody from here on can take a step: this thread, all that
   * are in its way, and all that are in theirs wait, and nobody will come to be in the way. That is
   * true until one of them leaves, or begins another wait, which counts a step. The detector has to
   * look after that whether the wait is still there: either it sees that the thread has left, or
   * that one sees that it was settled. It has to look as well whether the thread is {@linkplain
   * #tells telling} somebody.
   *
   * @param steps as they were before the look
   */
  void settle(long steps) {
    settled = steps;
  }

  /** Whether it was settled, be it with steps since. */
  boolean wasSettled() {
    return settled != 0;
  }

  /** Whether it is known that nobody from here on can take a step. */
  boolean isSettled() {
    long steps = settled;
    return steps != 0 && steps == STEPS.get() && !isTelling();
  }

  /**
   * The thread is about to tell a listener, which may acquire and release what it likes: it is
   * registered, but it takes steps. From now on until {@link #hasTold} it is live for others, is
   * not settled, and who finds it in the way cannot be, either.
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // nobody else writes it
  void tells() {
    tellings++;
    long unused = STEPS.incrementAndGet();
  }

  /**
   * The listener has been told. What was looked at before counts no more, even by one who settles
   * its wait only after this: the step comes first, and that one has remembered how many there were
   * before its look.
   */
  @SuppressWarnings("NonAtomicVolatileUpdate") // nobody else writes it
  void hasTold() {
    long unused = STEPS.incrementAndGet();
    tellings++;
  }

  /** Tells one telling from the next; odd while its thread is telling a listener. */
  int tellings() {
    return tellings;
  }

  /** Whether its thread is telling a listener. */
  boolean isTelling() {
    return (tellings & 1) != 0;
  }

  /** The thread is about to take a step. */
  void unsettle() {
    if (settled != 0) {
      long unused = STEPS.incrementAndGet();
    }
  }

  /** For reports: {@code thread "worker-3" (id 42) waits for accounts (WRITE) for PT1.2S}. */
  @Override
  public String toString() {
    return Owner.describe(thread)
        + " waits for "
        + resource.name()
        + " ("
        + wants
        + (isTimed() ? ", timed" : "")
        + ") for "
        + waited();
  }
}
