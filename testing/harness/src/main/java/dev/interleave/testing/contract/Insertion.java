// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** The four ways to put one element into a {@link BlockingQueue}. */
enum Insertion {
  ADD {
    @Override
    boolean into(BlockingQueue<Long> queue, long element) {
      return queue.add(element);
    }
  },
  OFFER {
    @Override
    boolean into(BlockingQueue<Long> queue, long element) {
      return queue.offer(element);
    }
  },
  PUT {
    @Override
    boolean into(BlockingQueue<Long> queue, long element) throws InterruptedException {
      queue.put(element);
      return true;
    }
  },
  /** With a time limit that is never reached. */
  TIMED_OFFER {
    @Override
    boolean into(BlockingQueue<Long> queue, long element) throws InterruptedException {
      return queue.offer(element, 1, TimeUnit.DAYS);
    }
  };

  static final List<Insertion> ALL = List.of(values());
  static final List<Insertion> WAITING = List.of(PUT, TIMED_OFFER);

  /** Inserts the element and returns true, or returns false if there was no room. */
  abstract boolean into(BlockingQueue<Long> queue, long element) throws InterruptedException;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
