// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Readers without end do not keep a writer out for ever, nor writers without end a reader: a smoke
 * test, which measures no bound. The lock is never free, or free for no time, while one waits.
 */
abstract class StarvationContract extends UpgradeContract {
  private static final int BUSY = 3;
  private static final int TURNS = 20;
  private static final int ROUNDS_PER_PAUSE = 10_000;

  /**
   * Tells whether readers without end let a writer in some time, and writers without end a reader.
   *
   * @return true unless overridden
   */
  protected boolean starvationFree() {
    return true;
  }

  /** Returns a fresh lock, or aborts the test if it promises no progress. */
  private Sides starvationFreeSides() {
    assumeTrue(starvationFree(), "progress is not promised");
    return sides();
  }

  /** A new reader comes before the last one leaves, over and over: a waiting writer gets in. */
  @ContractTest
  public void writerGetsInBetweenOverlappingReaders(Actors actors) throws InterruptedException {
    Sides lock = starvationFreeSides();
    relay(actors, lock.read(), lock.write());
    lock.assertFree(actors.actor("last"));
  }

  /** A new writer queues before the last one leaves, over and over: a waiting reader gets in. */
  @ContractTest
  public void readerGetsInBetweenOverlappingWriters(Actors actors) throws InterruptedException {
    Sides lock = starvationFreeSides();
    relay(actors, lock.write(), lock.read());
    lock.assertFree(actors.actor("last"));
  }

  /** A new writer queues before the last one leaves, over and over: a waiting writer gets in. */
  @ContractTest
  public void writerGetsInBetweenOverlappingWriters(Actors actors) throws InterruptedException {
    Sides lock = starvationFreeSides();
    relay(actors, lock.write(), lock.write());
    lock.assertFree(actors.actor("last"));
  }

  /** Readers that release and acquire without a pause let a writer in, time and again. */
  @ContractTest
  public void writerGetsInAmongBusyReaders(Actors actors) throws InterruptedException {
    Sides lock = starvationFreeSides();
    busy(actors, lock.read(), lock.write());
    lock.assertFree(actors.actor("last"));
  }

  /** Writers that release and acquire without a pause let a reader in, time and again. */
  @ContractTest
  public void readerGetsInAmongBusyWriters(Actors actors) throws InterruptedException {
    Sides lock = starvationFreeSides();
    busy(actors, lock.write(), lock.read());
    lock.assertFree(actors.actor("last"));
  }

  /**
   * Two actors pass a lock to and fro so that it is never free: the next begins to acquire it, and
   * is in or blocked, before the one before releases it. Meanwhile another waits for its turn.
   */
  private void relay(Actors actors, Lock passed, Lock wanted) throws InterruptedException {
    Actor holder = actors.actor("one");
    Actor next = actors.actor("two");
    holder.run(passed::lock);
    Step<?> waiting = actors.actor("starving").start(() -> lockAndUnlock(wanted));
    waiting.awaitBlocked();
    long start = System.nanoTime();
    while (!waiting.isDone() && System.nanoTime() - start < Waiting.nanos(patience())) {
      Step<?> entering = next.start(passed::lock);
      entering.awaitBlockedOrDone();
      holder.run(passed::unlock);
      entering.result();
      Actor last = holder;
      holder = next;
      next = last;
    }
    boolean starved = !waiting.isDone();
    holder.run(passed::unlock);
    waiting.result();
    if (starved) {
      throw new AssertionError("did not get in within " + patience() + " of others taking turns");
    }
  }

  /** Some actors use a lock without a pause, while another wants its turn, several times. */
  private static void busy(Actors actors, Lock busy, Lock wanted) throws InterruptedException {
    AtomicBoolean stop = new AtomicBoolean();
    List<Actor> crowd = actors.actors(BUSY, "busy");
    CountDownLatch begun = new CountDownLatch(BUSY);
    List<Step<@Nullable Void>> busily =
        crowd.stream().map(actor -> actor.start(() -> cycle(busy, begun, stop))).toList();
    Actor starving = actors.actor("starving");
    starving.run(begun::await);
    Step<?> turns = starving.start(() -> repeat(TURNS, () -> lockAndUnlock(wanted)));
    try {
      turns.result();
    } finally {
      stop.set(true);
    }
    for (Step<?> step : busily) {
      step.result();
    }
  }

  /** Now and then it parks: of virtual threads, the others need a carrier. */
  private static void cycle(Lock lock, CountDownLatch begun, AtomicBoolean stop) {
    for (int round = 0; !stop.get(); round++) {
      lockAndUnlock(lock);
      if (round == 0) {
        begun.countDown();
      }
      if (round % ROUNDS_PER_PAUSE == 0) {
        LockSupport.parkNanos(1);
      }
    }
  }
}
