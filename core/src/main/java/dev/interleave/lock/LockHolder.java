// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import dev.interleave.diagnose.Owner;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A thread that holds a lock, as seen at one moment. Immutable and thread-safe.
 *
 * @param thread the holder; null only if it ended while holding and has been collected since
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

  private static final int LISTED = 16;

  /** The ways to hold a lock: two for a read-write lock, one for any other. */
  public enum Mode {
    /** Shared with other readers. */
    READ,
    /** Alone. */
    WRITE,
    /** A lock that can be held in one way only: alone. */
    LOCK
  }

  /**
   * Checks the components.
   *
   * @throws NullPointerException if {@code threadName} or {@code mode} is null
   * @throws IllegalArgumentException if {@code holds} is less than 1
   */
  public LockHolder {
    Objects.requireNonNull(threadName, "threadName");
    Objects.requireNonNull(mode, "mode");
    if (holds < 1) {
      throw new IllegalArgumentException("holds is less than 1: " + holds);
    }
  }

  /** What {@code thread} holds. */
  static LockHolder of(Thread thread, Mode mode, long holds) {
    return new LockHolder(
        thread, thread.getName(), thread.threadId(), thread.isVirtual(), mode, holds);
  }

  /** The same for the wait graph. */
  Owner asOwner() {
    return new Owner(thread, threadName, threadId, virtual, mode.name(), holds, -1, null);
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
   * For messages: {@code WRITE by thread "worker-3" (id 42)}, with {@code ×n} for nested holds,
   * {@code virtual}, and {@code which has ended} where that is so.
   */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    out.append(mode);
    if (holds > 1) {
      out.append(" ×").append(holds);
    }
    out.append(" by ").append(describe(threadName, threadId, virtual));
    if (isDead()) {
      out.append(", which has ended");
    }
    return out.toString();
  }

  /**
   * For messages: the holders, or the first {@value #LISTED} of them and how many more there are.
   */
  static String list(List<LockHolder> holders) {
    int more = holders.size() - LISTED;
    return more <= 0 ? holders.toString() : holders.subList(0, LISTED) + " and " + more + " more";
  }

  /** What a thread gets that closes the guard of another one. */
  static IllegalMonitorStateException notTheOwner(Thread closer, Thread owner, String of) {
    return new IllegalMonitorStateException(
        describe(closer) + " cannot close the guard of " + describe(owner) + " on " + of);
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
