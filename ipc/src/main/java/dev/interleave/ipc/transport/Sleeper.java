// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import dev.interleave.Deadline;
import dev.interleave.diagnose.Resource;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where the one thread waits that has its turn on a side of a connection: it spins while that has
 * been worth it, and then sleeps until it is woken. Others may wake it at any time.
 *
 * <p>Spinning is a run of looks, and then looks with a yield between them, within a budget of time:
 * a peer that shares the processor has to get it. If nothing came within the budget it is halved;
 * if something did, or the sleep after it was short, it grows again. On a single processor nobody
 * spins.
 *
 * <p>Who has just woken the other side spins as well. Three designs were measured, of a message of
 * 64 bytes to and fro once each millisecond, medians in µs on two cores, beside a bare Unix socket
 * with 25 to 29: to spin with yields, 33 and 41; to look 64 times and then sleep, 44 and 49; to
 * sleep at once, 44 and 44. (Before the receiver slept at the doorbell itself, on one core: 20; now
 * 13, as much as the bare socket.)
 *
 * <p>A look takes some 60 ns. With 256 of them before the first yield the median of a message of 64
 * bytes to and fro is the same, 0.35, 0.38 and 0.38 µs instead of 0.35, 0.35 and 0.39 in three
 * forks each; p99 falls to 0.51, 0.53 and 0.84 from 0.57, 8.6 and 8.7, and p99.9 grows to 22 from
 * 10 and 11. That seems to be where the peer can run only when this side yields, since something
 * else has the other core. So 64 were kept.
 */
abstract class Sleeper {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
  private static final int LOOKS = 64;
  private static final long LEAST_NANOS = TimeUnit.MICROSECONDS.toNanos(2);

  private final String connection;
  private final ByteRing ring;
  private final int flag;
  private final long most;
  private final Rest rest;

  private volatile @Nullable Thread thread;

  // Used by whoever has the turn.
  private long budget;

  private final Count sleeps = new Count();

  /**
   * Waits on one side of a ring.
   *
   * @param spin how long to spin at most
   * @param flag {@link ByteRing#CONSUMER_SLEEPS} or {@link ByteRing#PRODUCER_WAITS}
   */
  Sleeper(String connection, Duration spin, ByteRing ring, int flag, Rest rest) {
    this.rest = rest;
    this.connection = connection;
    this.ring = ring;
    this.flag = flag;
    most = spin.toNanos();
    budget = most;
  }

  /** Whether to look again instead of sleeping. */
  abstract boolean isReady();

  /** Wakes whoever sleeps here. */
  void wake() {
    Thread sleeping = thread;
    if (sleeping != null) {
      rest.wake(sleeping);
    }
  }

  long sleeps() {
    return sleeps.get();
  }

  /**
   * Waits until there is reason to look again.
   *
   * @param resource what a sleep is registered as a wait for
   * @param wants what is wanted of it
   * @return false if the deadline has passed
   */
  boolean await(Deadline deadline, Resource resource, String wants) throws InterruptedException {
    if (deadline.isExpired()) {
      return false;
    }
    return spin(deadline) || sleep(deadline, resource, wants);
  }

  @SuppressWarnings("ThreadPriorityCheck") // correct without yielding, which lets the peer run
  private boolean spin(Deadline deadline) {
    if (PROCESSORS == 1 || most == 0) {
      return false;
    }
    for (int i = 0; i < LOOKS; i++) {
      Thread.onSpinWait();
      if (isReady()) {
        grow();
        return true;
      }
    }
    if (budget < LEAST_NANOS) {
      return false;
    }
    long left = Math.min(budget, deadline.remainingNanos());
    long start = System.nanoTime();
    Thread self = Thread.currentThread();
    while (System.nanoTime() - start < left && !self.isInterrupted()) {
      Thread.yield();
      if (isReady()) {
        grow();
        return true;
      }
    }
    budget /= 2;
    return false;
  }

  private boolean sleep(Deadline deadline, Resource resource, String wants)
      throws InterruptedException {
    Wait wait =
        Waits.enter(resource, wants, deadline.isNone() ? Wait.Exit.INTERRUPT : Wait.Exit.TIMEOUT);
    TransportWaitEvent event = TransportWaits.begin(connection, wants);
    long start = System.nanoTime();
    thread = Thread.currentThread();
    try {
      while (true) {
        // Nothing that could use up the permit comes between this and the sleep.
        ring.announce(flag);
        if (isReady()) {
          learn(System.nanoTime() - start);
          return true;
        }
        if (Thread.interrupted()) {
          throw Waits.causedBy(wait, new InterruptedException());
        }
        long left = deadline.remainingNanos();
        if (left == 0) {
          return false;
        }
        sleeps.add(1);
        rest.sleep(this, left);
      }
    } finally {
      thread = null;
      ring.withdraw(flag);
      wait.leave();
      if (event != null) {
        event.commit();
      }
    }
  }

  /** Who slept for less than the budget would have done better to spin. */
  private void learn(long nanos) {
    if (nanos < most) {
      grow();
    }
  }

  private void grow() {
    budget = Math.min(most, Math.max(LEAST_NANOS, 2 * budget));
  }
}
