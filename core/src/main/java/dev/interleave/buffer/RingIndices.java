// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The fields of a {@link RingStore} that are written all the time, each side's on cache lines of
 * its own. Fields of a class stay together, and those of a superclass come before those of a
 * subclass: hence the chain of classes. 128 bytes lie between, since processors fetch lines in
 * pairs.
 */
final class RingIndices {
  /** The bit of an index that is a flag: closed of the tail, frozen of the head. */
  static final long FLAG = Long.MIN_VALUE;

  static final VarHandle TAIL;
  static final VarHandle LIMIT;
  static final VarHandle HIGH_WATER;
  static final VarHandle HEAD;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TAIL = lookup.findVarHandle(Producers.class, "tail", long.class);
      LIMIT = lookup.findVarHandle(Producers.class, "limit", long.class);
      HIGH_WATER = lookup.findVarHandle(Producers.class, "highWater", int.class);
      HEAD = lookup.findVarHandle(Consumers.class, "head", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private RingIndices() {}

  /** The index without its flag. */
  static long index(long flagged) {
    return flagged & ~FLAG;
  }

  @SuppressWarnings("UnusedVariable") // they take up room
  abstract static class Before<E> extends Store<E> {
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;

    Before(Meter meter) {
      super(meter);
    }
  }

  /** What producers write. */
  abstract static class Producers<E> extends Before<E> {
    /** How many items were put in so far; with {@link #FLAG} once this is closed. */
    volatile long tail;

    /**
     * Below this, an insertion neither fills the ring nor makes it fuller than it ever was. A cache
     * of something that only grows: any value ever written is right.
     */
    long limit;

    /** The most that were inside. */
    volatile int highWater;

    Producers(Meter meter) {
      super(meter);
    }
  }

  @SuppressWarnings("UnusedVariable") // they take up room
  abstract static class Between<E> extends Producers<E> {
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;

    Between(Meter meter) {
      super(meter);
    }
  }

  /** What consumers write. */
  abstract static class Consumers<E> extends Between<E> {
    /** How many items have left so far; with {@link #FLAG} while somebody works on the inside. */
    volatile long head;

    Consumers(Meter meter) {
      super(meter);
    }
  }

  @SuppressWarnings("UnusedVariable") // they take up room
  abstract static class After<E> extends Consumers<E> {
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;

    After(Meter meter) {
      super(meter);
    }
  }
}
