// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call was not allowed to wait, or its wait was ended, because it could never have gone on: it
 * was part of a {@link Deadlock}. The caller holds nothing new, and all that it held before. It
 * should give that back, so that the others can go on; then it may try again.
 *
 * <p>A call that may throw {@link InterruptedException} and was waiting already throws that, with
 * this as its cause.
 */
public final class DeadlockException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Deadlock deadlock;

  DeadlockException(Wait wait, Deadlock deadlock) {
    super(
        Owner.describe(wait.thread())
            + " must not wait for "
            + wait.resource().name()
            + ": "
            + deadlock.summary());
    this.deadlock = deadlock;
  }

  /** The deadlock that this call was part of; empty in an exception that was serialized. */
  public Optional<Deadlock> deadlock() {
    return Optional.ofNullable(deadlock);
  }
}
