// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.ContractTest;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.Waiting;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Who is waited for after an interrupt, and who is left behind. */
class FarewellTest {
  private static final long LONG = TimeUnit.DAYS.toNanos(1);

  /** More looks than it takes to give up. */
  private static final int MANY = 100;

  private final CountDownLatch end = new CountDownLatch(1);
  private final Looked ended = new Looked();

  /** Counts how often someone looks. */
  private static final class Looked extends CountDownLatch {
    final AtomicInteger looks = new AtomicInteger();

    Looked() {
      super(1);
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
      looks.incrementAndGet();
      return super.await(time, unit);
    }
  }

  /** Takes notice of interrupts and waits all the same; ends, and says so, when told to. */
  private void waitOn() {
    while (end.getCount() > 0) {
      LockSupport.park(this);
      Thread.interrupted();
    }
    ended.countDown();
  }

  /** Ends on an interrupt, after having waited for a while: until told to. */
  private void waitForAWhile() throws InterruptedException {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException expected) {
      if (!end.await(1, TimeUnit.DAYS)) {
        throw new AssertionError("a day has passed");
      }
    }
    ended.countDown();
  }

  private Step<List<Thread>> farewell(Actors actors, Actor... to) {
    List<Thread> threads = List.of(to).stream().map(Actor::thread).toList();
    return actors.actor("caller").startCall(() -> Farewell.await(threads, ended, LONG));
  }

  /** Or else this takes a day. */
  @ContractTest
  void whoWaitsOnIsLeftBehind(Actors actors) throws Exception {
    Actor deaf = actors.actor("deaf");
    Step<?> step = deaf.start(this::waitOn);
    step.awaitBlocked();
    deaf.interrupt();
    assertThat(farewell(actors, deaf).result()).containsExactly(deaf.thread());
    end.countDown();
    LockSupport.unpark(deaf.thread());
    step.result();
  }

  /** One that waits on may wait for another that takes its time: both are waited for. */
  @ContractTest
  void whoIsAboutToEndIsWaitedForAndSoAreTheOthers(Actors actors) throws Exception {
    Actor deaf = actors.actor("deaf");
    Actor slow = actors.actor("slow");
    Step<?> waits = deaf.start(this::waitOn);
    Step<?> ends = slow.start(this::waitForAWhile);
    waits.awaitBlocked();
    ends.awaitBlocked();
    deaf.interrupt();
    slow.interrupt();
    Step<List<Thread>> farewell = farewell(actors, deaf, slow);
    Waiting.until(
        () -> ended.looks.get() > MANY || farewell.isDone(), actors.patience(), () -> "no looks");
    farewell.assertNotDone();
    end.countDown();
    LockSupport.unpark(deaf.thread());
    waits.result();
    ends.result();
    assertThat(farewell.result()).isEmpty();
  }

  /** Whoever has not been interrupted may be on its way to where it will be. */
  @ContractTest
  void interruptThatIsNotAnsweredYetIsNoReason(Actors actors) throws Exception {
    Actor busy = actors.actor("busy");
    CountDownLatch begun = new CountDownLatch(1);
    Step<?> step =
        busy.start(() -> {
          begun.countDown();
          while (end.getCount() > 0) {
            Thread.onSpinWait();
          }
          ended.countDown();
        });
    begun.await();
    busy.interrupt();
    List<Thread> threads = List.of(busy.thread());
    assertThat(Farewell.await(threads, ended, 1)).as("time is up").isEqualTo(threads);
    Step<List<Thread>> farewell = farewell(actors, busy);
    farewell.awaitBlocked();
    end.countDown();
    assertThat(step.endedInterrupted()).isTrue();
    assertThat(farewell.result()).isEmpty();
  }
}
