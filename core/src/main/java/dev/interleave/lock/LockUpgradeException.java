// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

/**
 * A thread that holds the read lock asked for the write lock. Were it to wait, it would wait for
 * itself; so it is refused at once, whether or not others hold the lock too. It keeps its read
 * hold.
 *
 * <p>Release the read lock first, acquire the write lock, and look again at what you read; or
 * acquire the write lock from the start and downgrade. The message names the lock and the thread.
 */
public final class LockUpgradeException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final transient LockHolder holder;

  LockUpgradeException(String lock, LockHolder holder) {
    super(
        "Cannot upgrade "
            + lock
            + " from read to write: held for "
            + holder
            + ", the calling thread, which would wait for itself."
            + " Release the read lock first, or start with the write lock and downgrade.");
    this.holder = holder;
  }

  /** The read hold that stands in the way: the calling thread's own. */
  public LockHolder holder() {
    return holder;
  }
}
