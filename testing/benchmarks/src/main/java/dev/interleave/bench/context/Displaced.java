// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.context;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A thread-local whose place in the table of a thread is taken by another one: it gets the next
 * place, and each read of it looks at the other one first.
 *
 * <p>Where a thread-local belongs is decided when it is made: each gets the number of the one
 * before it plus a constant, see {@code ThreadLocal.nextHashCode}, whose last four bits differ for
 * sixteen in a row, and come again with the seventeenth. A table has sixteen places until more than
 * ten are taken.
 */
final class Displaced {
  private static final List<ThreadLocal<String>> IN_A_ROW =
      IntStream.rangeClosed(0, 16).mapToObj(i -> new ThreadLocal<String>()).toList();

  static final ThreadLocal<String> LOCAL = IN_A_ROW.getFirst();
  private static final ThreadLocal<String> IN_ITS_PLACE = IN_A_ROW.getLast();

  private Displaced() {}

  /** Sets both for this thread; to be closed to remove them. */
  static AutoCloseable set() {
    IN_ITS_PLACE.set(Peers.value(1));
    LOCAL.set(Peers.value(Peers.READ));
    return () -> {
      LOCAL.remove();
      IN_ITS_PLACE.remove();
    };
  }
}
