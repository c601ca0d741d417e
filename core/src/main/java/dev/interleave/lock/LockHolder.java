// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A thread that holds a lock, as seen at one moment. Immutable and thread-safe.
 *
 * @param thread the holder; null only if it died while holding and has been collected since, or if
 *     it was just arriving and had not said its name yet
 * @param threadName its name when it was seen, or its last known name if it is gone; empty for an
 *     unnamed virtual thread
 * @param threadId {@link Thread#threadId()}
 * @param virtual whether it is a virtual thread
 * @param mode how it holds the lock
 * @param holds how many times it has acquired the lock in this mode without releasing it, at least
 *     1; exact when the holder asks, a snapshot otherwise
 */
public record LockHolder(
    @Nullable Thread thread,
    String threadName,
    long threadId,
    boolean virtual,
    Mode mode,
    long holds) {

  /** The two ways to hold a read-write lock. */
  public enum Mode {
    /** Shared with other readers. */
    READ,
    /** Alone. */
    WRITE
  }

  /**
   * Checks the components.
   *
   * @throws NullPointerException if {@code threadName} or {@code mode} is null
   */
  public LockHolder {
    Objects.requireNonNull(threadName, "threadName");
    Objects.requireNonNull(mode, "mode");
  }

  /** What {@code thread} holds. */
  static LockHolder of(Thread thread, Mode mode, long holds) {
    return new LockHolder(
        thread, thread.getName(), thread.threadId(), thread.isVirtual(), mode, holds);
  }

  /** This holder with {@code more} holds. */
  LockHolder plus(long more) {
    return new LockHolder(thread, threadName, threadId, virtual, mode, holds + more);
  }

  /** Whether the holder has ended without releasing: nobody will ever release this hold. */
  public boolean isDead() {
    return thread == null || !thread.isAlive();
  }

  /**
   * For messages: {@code WRITE by "worker-3" (id 42)}, with {@code ×n} for nested holds, {@code
   * virtual}, and {@code which has ended} where that is so.
   */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    out.append(mode);
    if (holds > 1) {
      out.append(" ×").append(holds);
    }
    out.append(" by ").append(describe(threadName, threadId, virtual));
    if (thread != null && !thread.isAlive()) {
      out.append(", which has ended");
    }
    return out.toString();
  }

  /** How this package names a thread in every message. */
  static String describe(Thread thread) {
    return describe(thread.getName(), thread.threadId(), thread.isVirtual());
  }

  private static String describe(String name, long id, boolean virtual) {
    return (virtual ? "virtual thread " : "thread ")
        + (name.isEmpty() ? "" : '"' + name + "\" ")
        + "(id "
        + id
        + ')';
  }
}
