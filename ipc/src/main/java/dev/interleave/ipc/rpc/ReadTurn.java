// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who reads the connection of a client: one thread at a time, which has the <em>turn</em>.
 *
 * <h2>Who reads when</h2>
 *
 * <ul>
 *   <li>A caller on a platform thread that waits for its reply <b>leads</b> if the turn is free: it
 *       receives until its own reply is there, and on the way settles the calls of others. No
 *       thread is woken for its reply. It gives the turn up as soon as its call has ended: by the
 *       reply, its deadline, or an interrupt.
 *   <li>A caller that finds the turn taken <b>follows</b>: it parks, and is woken when its call is
 *       settled, or to lead.
 *   <li>The client's <b>thread</b> reads while there are calls nobody waits for that may lead:
 *       those with a future, and those of virtual threads. (A virtual thread that has been woken
 *       may not be run as long as all carriers are busy, and would keep the replies of others.) It
 *       reads as well when nobody has called for some {@link #LEASE_NANOS}, so that the end of the
 *       connection is noticed though nobody calls. And it alone ends a connection and makes the
 *       next one: a leader that finds an end or an error writes that down ({@code broken}), and
 *       from then on nobody leads.
 * </ul>
 *
 * <p>The lease is no polling: it runs while one call follows the other, and once after that; when a
 * leader waits for longer, the thread sleeps until that one leaves. Without the lease the thread
 * would have to be woken after each call, and to be displaced before the next one, which is what
 * all this is to save. It is also how long the death of a peer can go unnoticed while there are no
 * calls; a caller that leads notices at once.
 *
 * <h2>Why no reply is lost</h2>
 *
 * <p>Frames are received with the turn held only, in their order, and what is received is settled
 * before the turn is given up. A reply whose caller has gone is late, and counted. An interrupt or
 * a deadline ends the wait for a frame, not the reception of one (see {@code Connection}).
 *
 * <h2>Why no wake-up is lost</h2>
 *
 * <p>Let all that is said here be in the one order of volatile accesses. Who gives the turn up (L1)
 * sets {@code reader} to null, then (L2) looks for who needs it, and wakes one: the thread if the
 * connection is broken, else the first follower, else the thread if it is wanted.
 *
 * <ul>
 *   <li><b>Follower.</b> It (F1) enters the list, then (F2) tries to take the turn, then (F3)
 *       parks, in a loop. If F2 fails another had the turn then, whose L1 comes later, and so does
 *       its L2, which sees F1: the list is not empty, and the first of it is woken.
 *   <li><b>The one that was woken leaves instead of reading</b>, since its deadline has passed, it
 *       was interrupted, or its call is settled. Whoever leaves (X1) takes itself off the list, and
 *       then (X2) looks whether the turn is free; if it is, it does L2 itself. Suppose it was
 *       chosen by an L2, which saw it on the list: that came before X1, and the L1 before that, so
 *       X2 sees the turn free, or that somebody has taken it since; that one will come to its own
 *       L2.
 *   <li><b>A newcomer takes the turn before the follower that was woken.</b> The follower fails at
 *       F2, being on the list, and parks: the first case.
 *   <li><b>A call for the thread.</b> Who makes one (A1) counts it, and then (A2) looks whether the
 *       turn is free; if it is, it wakes the thread. If A2 finds it taken, the L2 of that reader
 *       sees the count, and wakes the thread, or a follower, whose L2 it is then. The thread (T1)
 *       looks whether it is wanted, tries to take the turn, and (T2) parks, in a loop; whoever
 *       unparks it has counted before that. It gives the turn up when it is not wanted any more,
 *       and then does L2 and T1.
 *   <li><b>Broken.</b> It is written before L1, so that L2 wakes the thread. Who has taken the turn
 *       looks at it, and if it is so gives the turn up again, with L1 and L2. The thread does not
 *       give it up then, until there is a new connection or none for ever.
 * </ul>
 *
 * <p>A settled call unparks its caller, who may be parked here, or in the connection as the leader;
 * there it looks whether its call is settled, as {@code SharedReceiving} says. When the client is
 * closed it closes the connection, which makes a leader fail, settles all calls, which wakes the
 * followers, and interrupts the thread, which ends without the turn: nobody needs it any more.
 *
 * <p>Source: the pattern Leader/Followers (Schmidt, O'Ryan, Pyarali, Kircher, Buschmann, PLoP
 * 2000), with a fallback, and without a promotion before each event: the leader is its own client.
 */
final class ReadTurn {
  /** How long the thread leaves the turn to callers that may not come. */
  static final long LEASE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** Somebody who waits for the turn. */
  interface Follower {
    /** It may take the turn now, if it still wants it and nobody is faster. */
    void wake();
  }

  private final AtomicReference<@Nullable Thread> reader = new AtomicReference<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Follower> followers = new LinkedHashSet<>(); // guarded by lock
  private final AtomicInteger following = new AtomicInteger(); // written with the lock held

  /** How often it was led; written with the turn. */
  private final AtomicLong led = new AtomicLong();

  private final BooleanSupplier wanted;
  private final BooleanSupplier broken;
  private final Follower thread;
  private final long leaseNanos;

  /** The thread sleeps without a lease, until a leader leaves. */
  private volatile boolean dozes;

  /**
   * A turn that is free.
   *
   * @param wanted whether there are calls for the thread
   * @param broken whether only the thread can do something
   * @param thread unparks the thread
   * @param leaseNanos {@link #LEASE_NANOS}, or another time for tests
   */
  ReadTurn(BooleanSupplier wanted, BooleanSupplier broken, Follower thread, long leaseNanos) {
    this.wanted = wanted;
    this.broken = broken;
    this.thread = thread;
    this.leaseNanos = leaseNanos;
  }

  // ------------------------------------------------------------------ callers

  /** Takes the turn; false if another has it, or nobody may lead. */
  boolean tryLead() {
    if (!tryTake()) {
      return false;
    }
    if (broken.getAsBoolean()) {
      giveUp();
      return false;
    }
    led.setOpaque(led.getPlain() + 1);
    return true;
  }

  private boolean tryTake() {
    return reader.get() == null && reader.compareAndSet(null, Thread.currentThread());
  }

  /** Gives the turn up, and wakes who needs it. */
  void giveUp() {
    reader.set(null);
    passOn();
  }

  /**
   * Parks the caller of a call, until it has the turn or the call is over.
   *
   * @return whether it has the turn; if not, the call has ended or its deadline has passed
   */
  boolean follow(PendingCall call) throws InterruptedException {
    Wait wait = call.enterWait();
    enter(call);
    try {
      while (!call.isSettled()) {
        if (tryLead()) {
          return true;
        }
        if (Thread.interrupted()) {
          throw Waits.causedBy(wait, new InterruptedException());
        }
        long left = call.deadline.remainingNanos();
        if (left == 0) {
          return false;
        }
        LockSupport.parkNanos(call, Math.min(left, Deadline.MAX_NANOS));
      }
      return false;
    } finally {
      leave(call);
      wait.leave();
    }
  }

  /** From now on it is woken when the turn is free. */
  void enter(Follower follower) {
    lock.lock();
    try {
      followers.add(follower);
      following.set(followers.size());
    } finally {
      lock.unlock();
    }
  }

  /** It has the turn, or needs it no more. */
  void leave(Follower follower) {
    lock.lock();
    try {
      followers.remove(follower);
      following.set(followers.size());
    } finally {
      lock.unlock();
    }
    passOnIfFree();
  }

  /** A call for the thread has been counted, or one that was woken leaves. */
  void passOnIfFree() {
    if (reader.get() == null) {
      passOn();
    }
  }

  private void passOn() {
    if (!broken.getAsBoolean()) {
      Follower next = firstFollower();
      if (next != null) {
        next.wake();
        return;
      }
      if (!wanted.getAsBoolean() && !dozes) {
        return;
      }
    }
    thread.wake();
  }

  private @Nullable Follower firstFollower() {
    if (following.get() == 0) {
      return null;
    }
    lock.lock();
    try {
      Iterator<Follower> all = followers.iterator();
      return all.hasNext() ? all.next() : null;
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------ the thread

  /**
   * Takes the turn when it is needed here; only for the client's thread.
   *
   * @throws InterruptedException if the thread is interrupted; it has not the turn then
   */
  void awaitTurn() throws InterruptedException {
    long seen = led.getOpaque();
    long since = System.nanoTime();
    for (; ; ) {
      boolean needed = wanted.getAsBoolean() || broken.getAsBoolean();
      long left = leaseNanos - (System.nanoTime() - since);
      boolean quiet = false;
      if (left <= 0) {
        long now = led.getOpaque();
        quiet = now == seen;
        seen = now;
        since = System.nanoTime();
        left = leaseNanos;
      }
      if ((needed || quiet) && tryTake()) {
        return;
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (quiet) {
        doze();
        since = System.nanoTime();
      } else {
        LockSupport.parkNanos(this, left);
      }
    }
  }

  /** Somebody leads, and waits for long: that needs no lease, as it will leave. */
  private void doze() {
    dozes = true;
    if (reader.get() != null) { // else it may have left before it could see that
      LockSupport.park(this);
    }
    dozes = false;
  }
}
