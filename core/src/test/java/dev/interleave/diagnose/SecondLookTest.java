// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two threads seem to wait for each other when they are looked at first. What is found when they
 * are looked at again decides.
 */
class SecondLookTest {

  /** Whose answer changes from look to look of the test; others who look learn nothing. */
  private static final class Changing implements Resource {
    private volatile @Nullable Thread test;
    private final AtomicInteger asked = new AtomicInteger();
    private volatile BiFunction<Integer, Wait, Owners> answer = (look, wait) -> Owners.anyone();

    @Override
    public String name() {
      return "changing";
    }

    @Override
    public String kind() {
      return "thing";
    }

    @Override
    public Owners owners(Wait wait) {
      return Thread.currentThread() == test
          ? answer.apply(asked.incrementAndGet(), wait)
          : Owners.anyone();
    }
  }

  /** What of the first look is no longer so, in which later one. */
  enum Change {
    NONE(0),
    FREE_IN_THE_SECOND(2),
    FREE_IN_THE_THIRD(3),
    HELD_BY_A_LIVE_ONE_IN_THE_SECOND(2),
    HELD_BY_A_LIVE_ONE_IN_THE_THIRD(3),
    ANYBODY_COULD_IN_THE_SECOND(2),
    ANYBODY_COULD_IN_THE_THIRD(3),
    ONE_MORE_COULD_IN_THE_SECOND(2),
    ONE_MORE_COULD_IN_THE_THIRD(3),
    OTHER_HAS_LEFT_AFTER_THE_FIRST(1),
    OTHER_HAS_LEFT_AFTER_THE_SECOND(2),
    OTHER_HAS_LEFT_AFTER_THE_THIRD(3),
    OTHER_HAS_ENDED_AFTER_THE_THIRD(3);

    private final int look;

    Change(int look) {
      this.look = look;
    }

    private boolean hasOne() {
      return name().startsWith("ONE_MORE");
    }
  }

  private final Changing left = new Changing();
  private final Changing right = new Changing();
  private final CountDownLatch in = new CountDownLatch(2);
  private final Thread one = waiter(left);
  private final Thread other = waiter(right);
  private volatile boolean over;
  private volatile boolean ends;

  private Thread waiter(Resource resource) {
    return Thread.ofVirtual()
        .unstarted(() -> {
          Wait wait = Waits.enter(resource, "get", Wait.Exit.INTERRUPT);
          in.countDown();
          while (!over && !(ends && wait.failure() != null)) {
            if (wait.failure() != null) {
              wait.leave();
            }
            LockSupport.park(this);
          }
          wait.leave();
        });
  }

  @BeforeEach
  void start() throws InterruptedException {
    one.start();
    other.start();
    in.await();
    right.answer = (look, wait) -> Owners.one(Owner.of(one, "LOCK"));
  }

  @AfterEach
  void end() throws InterruptedException {
    over = true;
    for (Thread thread : List.of(one, other)) {
      LockSupport.unpark(thread);
      assertThat(thread.join(Knot.PATIENCE)).isTrue();
    }
  }

  /** What the one waits for says, in one of the looks as the change has it. */
  private void answers(Change change) {
    left.test = Thread.currentThread();
    right.test = Thread.currentThread();
    Owner dead = Owner.of(other, "LOCK");
    Owner live = Owner.of(Thread.currentThread(), "LOCK");
    Owners first = change.hasOne() ? Owners.any(List.of(dead)) : Owners.one(dead);
    Wait others = Objects.requireNonNull(Waits.of(other));
    ends = change == Change.OTHER_HAS_ENDED_AFTER_THE_THIRD;
    left.answer =
        (look, wait) -> {
          if (look != change.look) {
            return first;
          }
          return switch (change) {
            case NONE -> first;
            case FREE_IN_THE_SECOND, FREE_IN_THE_THIRD -> Owners.nobody();
            case HELD_BY_A_LIVE_ONE_IN_THE_SECOND, HELD_BY_A_LIVE_ONE_IN_THE_THIRD ->
                Owners.one(live);
            case ANYBODY_COULD_IN_THE_SECOND, ANYBODY_COULD_IN_THE_THIRD -> Owners.anyone();
            case ONE_MORE_COULD_IN_THE_SECOND, ONE_MORE_COULD_IN_THE_THIRD ->
                Owners.any(List.of(dead, live));
            case OTHER_HAS_LEFT_AFTER_THE_FIRST,
                OTHER_HAS_LEFT_AFTER_THE_SECOND,
                OTHER_HAS_LEFT_AFTER_THE_THIRD,
                OTHER_HAS_ENDED_AFTER_THE_THIRD -> {
              assertThat(others.end(new IllegalStateException("by the test"))).isTrue();
              if (ends) {
                join(other);
              }
              yield first;
            }
          };
        };
  }

  private static void join(Thread thread) {
    try {
      assertThat(thread.join(Knot.PATIENCE)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Of all who wait, as a scan or the watch looks. */
  @ParameterizedTest
  @EnumSource
  void whatOneLookOnlyShowsIsNoDeadlock(Change change) {
    answers(change);
    assertThat(Diagnosis.deadlocks().stream().filter(deadlock -> deadlock.contains(one)))
        .hasSize(change == Change.NONE ? 1 : 0);
    assertThat(left.asked).as("looks").hasValueGreaterThanOrEqualTo(change.look);
  }

  /** From one who waits on, as who begins to wait looks. */
  @ParameterizedTest
  @EnumSource
  void whatOneLookOnlyShowsRefusesNobody(Change change) {
    answers(change);
    left.asked.set(-1); // before the first look it is asked whether it is settled
    Wait wait = Objects.requireNonNull(Waits.of(one));
    assertThat(Deadlocks.of(wait)).hasSize(change == Change.NONE ? 1 : 0);
    assertThat(left.asked).as("looks").hasValueGreaterThanOrEqualTo(change.look);
  }
}
