// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The four ways to have one element out of a {@link BlockingQueue}. */
enum Removal {
  REMOVE {
    @Override
    Long from(BlockingQueue<Long> queue) {
      return queue.remove();
    }
  },
  POLL {
    @Override
    @Nullable Long from(BlockingQueue<Long> queue) {
      return queue.poll();
    }
  },
  TAKE {
    @Override
    Long from(BlockingQueue<Long> queue) throws InterruptedException {
      return queue.take();
    }
  },
  /** With a time limit that is never reached. */
  TIMED_POLL {
    @Override
    @Nullable Long from(BlockingQueue<Long> queue) throws InterruptedException {
      return queue.poll(1, TimeUnit.DAYS);
    }
  };

  static final List<Removal> ALL = List.of(values());
  static final List<Removal> WAITING = List.of(TAKE, TIMED_POLL);

  /** Removes and returns the head, or returns null if there was none. */
  abstract @Nullable Long from(BlockingQueue<Long> queue) throws InterruptedException;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
