// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.state;

import dev.interleave.Deadline;
import dev.interleave.state.Confined;
import dev.interleave.state.ConfinedTimeoutException;
import java.time.Duration;

/**
 * The first message in a process, which loads what only messages need; else a trial run of jcstress
 * would take that for the usual time of a sample.
 *
 * <p>A class of its own: the owner runs code of it, and would have to wait for the end of the
 * static initializer that calls this, if that were in the same class.
 */
final class FirstMessage {
  /** For those who make mutants of the mailbox. */
  private static final Duration LIMIT = Duration.ofSeconds(1);

  private FirstMessage() {}

  static void getOver() {
    Confined<int[]> first = Confined.of(() -> new int[1]);
    try {
      first.call(c -> ++c[0], Deadline.after(LIMIT));
    } catch (ConfinedTimeoutException e) {
      System.err.println("the first message: " + e.getMessage());
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
    if (!first.close(LIMIT).isClean()) {
      System.err.println("the first mailbox does not end");
    }
  }
}
