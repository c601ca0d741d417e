// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.contract;

import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** The ways to make room in a full {@link BlockingQueue}; each has to let waiting producers in. */
enum Freeing {
  REMOVE {
    @Override
    void in(BlockingQueue<Long> queue) {
      queue.remove();
    }
  },
  POLL {
    @Override
    void in(BlockingQueue<Long> queue) {
      queue.poll();
    }
  },
  TAKE {
    @Override
    void in(BlockingQueue<Long> queue) throws InterruptedException {
      queue.take();
    }
  },
  TIMED_POLL {
    @Override
    void in(BlockingQueue<Long> queue) throws InterruptedException {
      queue.poll(1, TimeUnit.DAYS);
    }
  },
  REMOVE_ELEMENT(Reach.ONE_INSIDE) {
    @Override
    void in(BlockingQueue<Long> queue) {
      queue.remove(queue.peek());
    }
  },
  ITERATOR_REMOVE(Reach.ONE_INSIDE) {
    @Override
    void in(BlockingQueue<Long> queue) {
      Iterator<Long> iterator = queue.iterator();
      iterator.next();
      iterator.remove();
    }
  },
  DRAIN(Reach.ALL) {
    @Override
    void in(BlockingQueue<Long> queue) {
      queue.drainTo(new ArrayList<>());
    }
  },
  DRAIN_AS_MANY(Reach.ALL) {
    @Override
    void in(BlockingQueue<Long> queue) {
      queue.drainTo(new ArrayList<>(), queue.size());
    }
  },
  CLEAR(Reach.ALL) {
    @Override
    void in(BlockingQueue<Long> queue) {
      queue.clear();
    }
  },
  REMOVE_IF(Reach.FILTERED) {
    @Override
    void in(BlockingQueue<Long> queue) {
      List<Long> inside = new ArrayList<>(queue);
      queue.removeIf(inside::contains);
    }
  },
  REMOVE_ALL(Reach.FILTERED) {
    @Override
    void in(BlockingQueue<Long> queue) {
      queue.removeAll(new ArrayList<>(queue));
    }
  },
  RETAIN_ALL(Reach.FILTERED) {
    @Override
    void in(BlockingQueue<Long> queue) {
      // Keeps what may slip in meanwhile: negative ones were there before.
      queue.retainAll(new NotNegative());
    }
  };

  private enum Reach {
    HEAD,
    ONE_INSIDE,
    ALL,
    FILTERED
  }

  private final Reach reach;

  Freeing() {
    this(Reach.HEAD);
  }

  Freeing(Reach reach) {
    this.reach = reach;
  }

  /** Returns those that make room for one or for all, with or without those beyond the head. */
  static List<Freeing> plain(boolean inside) {
    return with(
        inside
            ? EnumSet.of(Reach.HEAD, Reach.ONE_INSIDE, Reach.ALL)
            : EnumSet.of(Reach.HEAD, Reach.ALL));
  }

  /** Returns those that make room for as many as were inside. */
  static List<Freeing> bulk() {
    return with(EnumSet.of(Reach.ALL));
  }

  /** Returns those that remove whatever fulfils a condition, here all that were inside. */
  static List<Freeing> filtering() {
    return with(EnumSet.of(Reach.FILTERED));
  }

  /** Returns all, with or without those beyond the head. */
  static List<Freeing> all(boolean inside) {
    return inside ? List.of(values()) : plain(false);
  }

  private static List<Freeing> with(EnumSet<Reach> reach) {
    return List.of(values()).stream().filter(way -> reach.contains(way.reach)).toList();
  }

  /** Makes room for one, or for all that were inside, which are negative numbers. */
  abstract void in(BlockingQueue<Long> queue) throws InterruptedException;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static final class NotNegative extends AbstractCollection<Long> {
    @Override
    public boolean contains(Object element) {
      return element instanceof Long number && number >= 0;
    }

    @Override
    public Iterator<Long> iterator() {
      throw new UnsupportedOperationException("only asked whether it contains something");
    }

    @Override
    public int size() {
      return Integer.MAX_VALUE;
    }
  }
}
