// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A thread that stands in the way of another, as seen at one moment. Immutable and thread-safe.
 *
 * @param thread the owner; null only if it ended while holding and has been collected since
 * @param threadName its name when it was seen, or its last known name if it is gone; empty for an
 *     unnamed virtual thread
 * @param threadId {@link Thread#threadId()}
 * @param virtual whether it is a virtual thread
 * @param mode how it holds the resource, such as {@code READ}
 * @param holds how many times it holds it, at least 1; 1 where that has no meaning
 * @param heldNanos how long it has held the resource at least, in nanoseconds; -1 if not known
 * @param site where it acquired the resource, as an exception that was made there and never thrown;
 *     null if not sampled
 */
public record Owner(
    @Nullable Thread thread,
    String threadName,
    long threadId,
    boolean virtual,
    String mode,
    long holds,
    long heldNanos,
    @Nullable Throwable site) {

  /**
   * Checks the components.
   *
   * @throws NullPointerException if {@code threadName} or {@code mode} is null
   * @throws IllegalArgumentException if {@code holds} is less than 1 or {@code heldNanos} than -1
   */
  public Owner {
    Objects.requireNonNull(threadName, "threadName");
    Objects.requireNonNull(mode, "mode");
    if (holds < 1) {
      throw new IllegalArgumentException("holds is less than 1: " + holds);
    }
    if (heldNanos < -1) {
      throw new IllegalArgumentException("heldNanos is less than -1: " + heldNanos);
    }
  }

  /** An owner of which no more is known. */
  public static Owner of(Thread thread, String mode) {
    return of(thread, mode, 1);
  }

  /** An owner that holds {@code holds} times. */
  public static Owner of(Thread thread, String mode, long holds) {
    return new Owner(
        thread, thread.getName(), thread.threadId(), thread.isVirtual(), mode, holds, -1, null);
  }

  /** This owner, having held for at least {@code nanos}; -1 if not known. */
  public Owner heldFor(long nanos) {
    return new Owner(thread, threadName, threadId, virtual, mode, holds, nanos, site);
  }

  /** This owner, having acquired where {@code site} was made. */
  public Owner acquiredAt(@Nullable Throwable site) {
    return new Owner(thread, threadName, threadId, virtual, mode, holds, heldNanos, site);
  }

  /** Whether the owner has ended: it will never release anything. */
  public boolean hasEnded() {
    return thread == null || !thread.isAlive();
  }

  /**
   * For messages: {@code WRITE by "worker-3" (id 42)}, with {@code ×n} for nested holds, {@code
   * virtual}, and {@code which has ended} where that is so.
   */
  @Override
  public String toString() {
    return mode
        + (holds > 1 ? " ×" + holds : "")
        + " by "
        + describe(threadName, threadId, virtual)
        + (hasEnded() ? ", which has ended" : "");
  }

  /** How a thread is named in every message: {@code thread "worker-3" (id 42)}. */
  static String describe(Thread thread) {
    return describe(thread.getName(), thread.threadId(), thread.isVirtual());
  }

  /** As {@link #describe(Thread)}, of a thread that may be gone. */
  static String describe(String name, long id, boolean virtual) {
    return (virtual ? "virtual thread " : "thread ")
        + (name.isEmpty() ? "" : '"' + name + "\" ")
        + "(id "
        + id
        + ')';
  }
}
