// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A lock was not acquired before the deadline. The caller holds nothing new. The message names the
 * lock, the mode asked for, how long the caller waited, who held the lock when the time was up (of
 * more than sixteen holders the first, and how many more), and which other writer was next and
 * waited for them; for a {@code WatchedLock} and a key of an {@code OrderedLockManager} also how
 * long that thread has held it as far as that is known, and where it is.
 */
public final class LockTimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable List<LockHolder> holders;
  private final @Nullable Duration held;
  private final transient @Nullable List<StackTraceElement> stack;

  LockTimeoutException(
      String lock, LockHolder.Mode mode, Duration waited, List<LockHolder> holders) {
    this(lock, mode, waited, holders, null, List.of());
  }

  /**
   * @param next a writer that does not hold the lock yet, but waits for the readers that do, and
   *     whom readers that arrive may not pass; null if there is none
   */
  LockTimeoutException(
      String lock,
      LockHolder.Mode mode,
      Duration waited,
      List<LockHolder> holders,
      @Nullable Thread next) {
    this(lock, mode, waited, holders, next, null, List.of());
  }

  LockTimeoutException(
      String lock,
      LockHolder.Mode mode,
      Duration waited,
      List<LockHolder> holders,
      @Nullable Duration held,
      List<StackTraceElement> stack) {
    this(lock, mode, waited, holders, null, held, stack);
  }

  private LockTimeoutException(
      String lock,
      LockHolder.Mode mode,
      Duration waited,
      List<LockHolder> holders,
      @Nullable Thread next,
      @Nullable Duration held,
      List<StackTraceElement> stack) {
    super(
        "Timed out after "
            + waited
            + " waiting to "
            + verb(mode)
            + lock
            + (holders.isEmpty()
                ? ": nobody holds it now; it changed hands as the time ran out"
                : ": held for " + LockHolder.list(holders))
            + (next == null ? "" : ", and " + LockHolder.describe(next) + " is next to write")
            + (holders.isEmpty() || held == null ? "" : " for at least " + held)
            + (stack.isEmpty() ? "" : ", now at " + stack.getFirst()));
    this.holders = holders;
    this.held = held;
    this.stack = stack;
  }

  private static String verb(LockHolder.Mode mode) {
    return switch (mode) {
      case READ -> "read ";
      case WRITE -> "write ";
      case LOCK -> "lock ";
    };
  }

  /**
   * Who held the lock when the time was up: a snapshot, unmodifiable; empty if it was just passing
   * from one thread to another, and in an exception that was serialized.
   */
  public List<LockHolder> holders() {
    return holders == null ? List.of() : holders;
  }

  /**
   * For how long the first of the {@link #holders} had held the lock at least; empty if that is not
   * known, as always for a {@code BiasedReadWriteLock}. {@code WatchedLock} says how it knows; a
   * key has been held at least since somebody first had to wait for that hold.
   */
  public Optional<Duration> heldAtLeast() {
    return Optional.ofNullable(held);
  }

  /**
   * Where the first of the {@link #holders} was when the time was up, the innermost call first:
   * unmodifiable; empty if nobody held the lock, for a {@code BiasedReadWriteLock}, and in an
   * exception that was serialized.
   */
  public List<StackTraceElement> holderStack() {
    return stack == null ? List.of() : stack;
  }
}
