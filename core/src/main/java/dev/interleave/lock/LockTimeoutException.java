// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A lock was not acquired before the deadline. The caller holds nothing new. The message names the
 * lock, the mode asked for, how long the caller waited, and who held the lock when the time was up
 * (of many holders only the first).
 */
public final class LockTimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable List<LockHolder> holders;

  LockTimeoutException(
      String lock, LockHolder.Mode mode, Duration waited, List<LockHolder> holders) {
    super(
        "Timed out after "
            + waited
            + " waiting to "
            + (mode == LockHolder.Mode.READ ? "read " : "write ")
            + lock
            + (holders.isEmpty()
                ? ": nobody holds it now, but others are first in line"
                : ": held for " + LockHolder.list(holders)));
    this.holders = holders;
  }

  /**
   * Who held the lock when the time was up: a snapshot, unmodifiable; empty if it was just passing
   * from one thread to another, and in an exception that was serialized.
   */
  public List<LockHolder> holders() {
    return holders == null ? List.of() : holders;
  }
}
