// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The one field of a {@link TaskRing} that workers write all the time, on a cache line of its own.
 * Fields of a class stay together, and those of a superclass come before those of a subclass: hence
 * the chain of classes. 128 bytes lie between, since processors fetch lines in pairs.
 */
final class RingHead {
  static final VarHandle HEAD;

  static {
    try {
      HEAD = MethodHandles.lookup().findVarHandle(Head.class, "head", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private RingHead() {}

  @SuppressWarnings("UnusedVariable") // they take up room
  abstract static class Before {
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
  }

  /** What workers write. */
  abstract static class Head extends Before {
    /** How many tasks have left so far; negative while somebody works on the inside. */
    volatile long head;
  }

  @SuppressWarnings("UnusedVariable") // they take up room
  abstract static class After extends Head {
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
  }
}
