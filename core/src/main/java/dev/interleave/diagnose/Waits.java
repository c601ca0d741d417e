// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one registry of blocked calls in this JVM.
 *
 * <p>A call enters it only when it could not have its way at once and is about to park, and leaves
 * in a {@code finally}; so a call that need not wait costs nothing:
 *
 * <pre>{@code
 * if (!tryAcquire()) {
 *   Wait wait = Waits.enter(this, "WRITE", Wait.Exit.INTERRUPT);
 *   try {
 *     acquireInterruptibly();                  // parks
 *   } catch (InterruptedException e) {
 *     throw Waits.causedBy(wait, e);           // perhaps it was a detector that interrupted
 *   } finally {
 *     wait.leave();
 *   }
 * }
 * }</pre>
 *
 * <h2>Why no cycle goes unseen</h2>
 *
 * <p>A waiter (1) enters, then (2) passes a full fence, then (3) the {@link Inspector inspectors}
 * look, and only then it parks. What a thread owns it acquired before it entered. Of the threads of
 * a cycle one passes its fence last, in the total order of fences: it sees the entries of all
 * others, and all that they own. So whatever the timing, at least that one sees the whole cycle.
 * There is no moment between look and registration in which a cycle could close unseen, since the
 * look comes second. A waiter that gets a part of what it wants while it waits on for the rest
 * calls {@link Wait#check()}, for the same reason. A thread that tells a listener what was found
 * passes its fence anew when it has done so.
 *
 * <h2>Cost</h2>
 *
 * <p>To enter and to leave each take a lock that few others want, for a handful of instructions;
 * the table is fixed and is not resized, and keeps nothing of a thread that has left.
 *
 * <p>Thread-safe. No method accepts {@code null}. This class may be lifted out, with the types it
 * names; it does not know the detector.
 */
public final class Waits {
  /** Powers of two. */
  private static final int STRIPES = 64;

  private static final int BUCKETS = 64;

  private static final Stripe[] TABLE = new Stripe[STRIPES];
  private static final Object INSPECTORS_LOCK = new Object();
  private static volatile Inspector[] inspectors = {};

  static {
    for (int i = 0; i < STRIPES; i++) { // a lambda would be made when a JVM waits first
      TABLE[i] = new Stripe();
    }
  }

  private Waits() {}

  /** A part of the table; the waits in a bucket are linked, the newest first. */
  private static final class Stripe {
    final ReentrantLock lock = new ReentrantLock();
    final @Nullable Wait[] heads = new Wait[BUCKETS];
    final AtomicInteger size = new AtomicInteger(); // written with the lock held
  }

  /** Looks at each wait that begins and could be part of a deadlock. */
  public interface Inspector {
    /**
     * Called by the waiter, after it was registered and before it parks, with no lock of the
     * registry held; perhaps more than once. Not called for waits that are {@linkplain
     * Wait#isTimed() timed}. It neither acquires nor releases anything for which others register
     * waits: they take the thread for one that is about to park.
     *
     * @throws RuntimeException to refuse the wait, unless its {@link Wait#exit()} is {@link
     *     Wait.Exit#NONE}: the wait is over, and the call throws this
     */
    void inspect(Wait wait);
  }

  /**
   * The calling thread is about to wait for {@code resource}.
   *
   * @param wants what it wants of it, for reports: {@code WRITE}, {@code put}
   * @param exit how the wait can be ended
   * @return the wait, to {@linkplain Wait#leave() leave} when it is over
   * @throws RuntimeException what an inspector throws to refuse the wait; the caller is not
   *     registered then
   */
  public static Wait enter(Resource resource, String wants, Wait.Exit exit) {
    Wait wait = new Wait(resource, wants, exit);
    link(wait);
    try {
      inspect(wait);
    } catch (Throwable e) {
      wait.leave();
      throw e;
    }
    return wait;
  }

  /**
   * Waits for a latch, registered while it does so.
   *
   * @param resource what the thread waits for, and who knows who can open it
   * @param nanos how long at most; {@link Long#MAX_VALUE}, which is what a deadline that never
   *     comes has left, for as long as it takes
   * @return whether the latch is open
   * @throws InterruptedException if the thread is interrupted while it waits, not if it need not
   */
  public static boolean await(CountDownLatch latch, Resource resource, String wants, long nanos)
      throws InterruptedException {
    if (latch.getCount() == 0) {
      return true;
    }
    if (nanos <= 0) {
      return false;
    }
    boolean timed = nanos != Long.MAX_VALUE;
    Wait wait = enter(resource, wants, timed ? Wait.Exit.TIMEOUT : Wait.Exit.INTERRUPT);
    try {
      if (timed) {
        return latch.await(nanos, TimeUnit.NANOSECONDS);
      }
      latch.await();
      return true;
    } catch (InterruptedException e) {
      throw causedBy(wait, e);
    } finally {
      wait.leave();
    }
  }

  /**
   * What an interruptible call throws whose wait was interrupted, and which has taken the
   * interrupt: {@code e}, with the {@linkplain Wait#failure() reason} as its cause if a detector
   * has ended the wait.
   */
  public static InterruptedException causedBy(Wait wait, InterruptedException e) {
    RuntimeException unused = wait.failureByInterrupt();
    wait.leave();
    RuntimeException failure = wait.failure(); // it may have been ended just before it left
    if (failure != null && e.getCause() == null) {
      e.initCause(failure);
    }
    return e;
  }

  /** What {@code thread} waits for, its newest wait if it has several; null if it does not wait. */
  public static @Nullable Wait of(Thread thread) {
    Stripe stripe = stripe(thread);
    stripe.lock.lock();
    try {
      for (Wait w = stripe.heads[bucket(thread)]; w != null; w = w.next) {
        if (w.thread() == thread) {
          return w;
        }
      }
      return null;
    } finally {
      stripe.lock.unlock();
    }
  }

  /** All waits of now, the longest first: a snapshot, unmodifiable. */
  public static List<Wait> all() {
    List<Wait> all = new ArrayList<>();
    for (Stripe stripe : TABLE) {
      if (stripe.size.get() == 0) {
        continue;
      }
      stripe.lock.lock();
      try {
        for (Wait head : stripe.heads) {
          for (Wait w = head; w != null; w = w.next) {
            all.add(w);
          }
        }
      } finally {
        stripe.lock.unlock();
      }
    }
    long now = System.nanoTime();
    all.sort(Comparator.comparingLong(w -> w.sinceNanos() - now));
    return List.copyOf(all);
  }

  /** Whether nobody waits. */
  public static boolean isEmpty() {
    for (Stripe stripe : TABLE) {
      if (stripe.size.get() != 0) {
        return false;
      }
    }
    return true;
  }

  /** From now on {@code inspector} is asked, after those added before. */
  public static void add(Inspector inspector) {
    Objects.requireNonNull(inspector, "inspector");
    synchronized (INSPECTORS_LOCK) {
      Inspector[] more = Arrays.copyOf(inspectors, inspectors.length + 1);
      more[more.length - 1] = inspector;
      inspectors = more;
    }
  }

  /** From now on {@code inspector} is not asked; nothing if it was not. */
  public static void remove(Inspector inspector) {
    Objects.requireNonNull(inspector, "inspector");
    synchronized (INSPECTORS_LOCK) {
      inspectors =
          Arrays.stream(inspectors).filter(i -> !i.equals(inspector)).toArray(Inspector[]::new);
    }
  }

  /**
   * Has the inspectors look; if one throws, the wait has left, unless nothing ends it. While one
   * tells a listener the thread is not taken for one that waits, and may do what it likes: so then
   * all look again.
   */
  static void inspect(Wait wait) {
    if (inspectors.length == 0 || wait.isTimed()) {
      return;
    }
    VarHandle.fullFence(); // this wait is visible before the inspectors look at those of others
    try {
      int told;
      do {
        told = wait.tellings();
        for (Inspector inspector : inspectors) {
          inspector.inspect(wait);
        }
      } while (wait.tellings() != told);
    } catch (Throwable e) {
      if (wait.exit() != Wait.Exit.NONE) {
        wait.leave();
      } else if (e instanceof RuntimeException) {
        // Contrary to the contract; who has to get its lock again must get it.
        uncaught(e);
        return;
      }
      throw e;
    }
  }

  /**
   * Hands what a listener has thrown, and nobody else can be given, to the calling thread's handler
   * of uncaught exceptions. What that throws is ignored, as the JVM does: the thread is in the
   * midst of a wait.
   */
  static void uncaught(Throwable e) {
    Thread current = Thread.currentThread();
    try {
      current.getUncaughtExceptionHandler().uncaughtException(current, e);
    } catch (Throwable ignored) {
      // see above
    }
  }

  private static void link(Wait wait) {
    Stripe stripe = stripe(wait.thread());
    int bucket = bucket(wait.thread());
    stripe.lock.lock();
    try {
      Wait head = stripe.heads[bucket];
      for (Wait w = head; w != null; w = w.next) {
        if (w.thread() == wait.thread()) {
          w.unsettle(); // its thread is not where a detector saw it
        }
      }
      wait.next = head;
      if (head != null) {
        head.previous = wait;
      }
      stripe.heads[bucket] = wait;
      wait.linked = true;
      stripe.size.setRelease(stripe.size.getPlain() + 1);
    } finally {
      stripe.lock.unlock();
    }
  }

  /** Takes the wait out; nothing if it is out already. */
  static void unlink(Wait wait) {
    Stripe stripe = stripe(wait.thread());
    stripe.lock.lock();
    try {
      if (!wait.linked) {
        return;
      }
      wait.linked = false;
      Wait next = wait.next;
      Wait previous = wait.previous;
      if (next != null) {
        next.previous = previous;
      }
      if (previous != null) {
        previous.next = next;
      } else {
        stripe.heads[bucket(wait.thread())] = next;
      }
      wait.next = null;
      wait.previous = null;
      stripe.size.setRelease(stripe.size.getPlain() - 1);
    } finally {
      stripe.lock.unlock();
    }
  }

  // Thread ids are given out one after the other, in several ranges: the low bits are as good as
  // random, and those of threads that start together are spread.
  private static Stripe stripe(Thread thread) {
    return TABLE[(int) thread.threadId() & (STRIPES - 1)];
  }

  private static int bucket(Thread thread) {
    return (int) (thread.threadId() >>> 6) & (BUCKETS - 1);
  }
}
