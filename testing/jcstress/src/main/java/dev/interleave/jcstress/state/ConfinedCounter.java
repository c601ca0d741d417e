// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.state;

import dev.interleave.state.Confined;
import dev.interleave.state.ConfinedClosedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A counter of plain fields that one thread owns, and that others may look at once it is closed.
 */
abstract class ConfinedCounter {
  /** What became of an increment: it was refused. */
  static final int REJECTED = 0;

  /** It was accepted. */
  static final int ACCEPTED = 1;

  /** It was accepted, and thrown away. */
  static final int DISCARDED = 2;

  static {
    FirstMessage.getOver();
  }

  final int[] count = new int[1];
  final Confined<int[]> confined;

  ConfinedCounter(int capacity) {
    confined = Confined.builder(() -> count).capacity(capacity).build();
  }

  final int increment() {
    try {
      var unused = confined.submit(c -> ++c[0]); // the count tells
      return ACCEPTED;
    } catch (ConfinedClosedException e) {
      return REJECTED;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }

  final int incrementAndWait() {
    CompletableFuture<Integer> future;
    try {
      future = confined.submit(c -> ++c[0]);
    } catch (ConfinedClosedException e) {
      return REJECTED;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
    try {
      future.get();
      return ACCEPTED;
    } catch (ExecutionException e) {
      return e.getCause() instanceof ConfinedClosedException ? DISCARDED : -1;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
  }

  /** The count once nothing runs any more. */
  final int closed() {
    confined.close();
    return count[0];
  }
}
