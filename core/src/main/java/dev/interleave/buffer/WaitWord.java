// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The word of a {@link WaitLine} that the other side reads at each item, on a cache line of its
 * own: what those who wait write must not make that side fetch it again and again. For the layout
 * see {@link RingIndices}.
 */
final class WaitWord {
  static final VarHandle WANTED;

  static {
    try {
      WANTED = MethodHandles.lookup().findVarHandle(Word.class, "wanted", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private WaitWord() {}

  @SuppressWarnings("UnusedVariable") // they take up room
  abstract static class Before {
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
  }

  /** The word. */
  abstract static class Word extends Before {
    /** Which of the flags of a {@link WaitLine} are set. */
    volatile int wanted;

    @SuppressWarnings("UnusedVariable") // or a field of a subclass would be laid beside the word
    private int p00;
  }

  @SuppressWarnings("UnusedVariable") // they take up room
  abstract static class After extends Word {
    private long p00, p01, p02, p03, p04, p05, p06, p07, p08, p09, p10, p11, p12, p13, p14, p15;
  }
}
