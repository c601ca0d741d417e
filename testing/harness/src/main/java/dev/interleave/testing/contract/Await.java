// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/** The five ways to wait for a {@link Condition}; the timed ones with a limit never reached. */
@SuppressWarnings("WaitNotInLoop") // the loop is the caller's
enum Await {
  AWAIT {
    @Override
    void on(Condition condition) throws InterruptedException {
      condition.await();
    }
  },
  AWAIT_UNINTERRUPTIBLY {
    @Override
    void on(Condition condition) {
      condition.awaitUninterruptibly();
    }
  },
  AWAIT_NANOS {
    @Override
    void on(Condition condition) throws InterruptedException {
      long limit = TimeUnit.DAYS.toNanos(1);
      long left = condition.awaitNanos(limit);
      if (left <= 0 || left > limit) {
        throw new AssertionError("awaitNanos(" + limit + ") was woken and returned " + left);
      }
    }
  },
  AWAIT_TIME {
    @Override
    void on(Condition condition) throws InterruptedException {
      if (!condition.await(1, TimeUnit.DAYS)) {
        throw new AssertionError("await of one day was woken and returned false");
      }
    }
  },
  AWAIT_UNTIL {
    @Override
    void on(Condition condition) throws InterruptedException {
      if (!condition.awaitUntil(Date.from(Instant.now().plus(1, ChronoUnit.DAYS)))) {
        throw new AssertionError("awaitUntil tomorrow was woken and returned false");
      }
    }
  };

  static final List<Await> ALL = List.of(values());
  static final List<Await> INTERRUPTIBLE = List.of(AWAIT, AWAIT_NANOS, AWAIT_TIME, AWAIT_UNTIL);

  /** Waits until woken. */
  abstract void on(Condition condition) throws InterruptedException;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
