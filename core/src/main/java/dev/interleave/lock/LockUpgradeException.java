// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import org.jspecify.annotations.Nullable;

/**
 * A thread that holds the read lock asked for the write lock. Were it to wait, it would wait for
 * itself; so it is refused at once, whether or not others hold the lock too. It keeps its read
 * hold.
 *
 * <p>Release the read lock first, acquire the write lock, and look again at what you read; or
 * acquire the write lock from the start and downgrade. The message names the lock and the thread.
 *
 * <p>Also thrown if a thread that holds both locks waits for a condition of the write lock: to come
 * back it would have to acquire that one while it holds the read lock.
 */
public final class LockUpgradeException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable LockHolder holder;

  // What of it can be serialized.
  private final String threadName;
  private final long threadId;
  private final boolean virtual;
  private final long holds;

  LockUpgradeException(String lock, LockHolder holder) {
    super(
        "Cannot upgrade "
            + lock
            + " from read to write: held for "
            + holder
            + ", the calling thread, which would wait for itself."
            + " Release the read lock first, or start with the write lock and downgrade.");
    this.holder = holder;
    threadName = holder.threadName();
    threadId = holder.threadId();
    virtual = holder.virtual();
    holds = holder.holds();
  }

  /**
   * The read hold that stands in the way: the calling thread's own. In an exception that was
   * serialized it has no {@link LockHolder#thread}.
   */
  public LockHolder holder() {
    return holder != null
        ? holder
        : new LockHolder(null, threadName, threadId, virtual, LockHolder.Mode.READ, holds);
  }
}
