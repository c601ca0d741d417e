// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A point in time after which waiting is over, on the monotonic clock of this JVM ({@link
 * System#nanoTime()}), so that it neither jumps with the wall clock nor means anything outside the
 * process.
 *
 * <p>One deadline is made where a request begins and handed down through every call below; a nested
 * call that wants less time takes {@code outer.min(Deadline.after(less))}, so a deadline can only
 * get shorter. {@link #none()} waits for ever.
 *
 * <p>Immutable and thread-safe. No method accepts or returns {@code null}. There is no {@code
 * equals} by value: two deadlines are compared by {@link #min} or by what {@linkplain #remaining()
 * remains}.
 *
 * <p>This class may be lifted out on its own.
 */
public final class Deadline {
  /**
   * The farthest a deadline can lie ahead in nanoseconds, about 146 years: half the range of {@code
   * nanoTime}, so that the difference of two deadlines never overflows.
   *
   * <p>It is also the longest that a virtual thread should wait for by a timed method of the JDK.
   * Before JDK 25 one {@code ScheduledThreadPoolExecutor} wakes all virtual threads whose time is
   * over. It compares times by their difference, which overflows when one wait ends {@link
   * Long#MAX_VALUE} nanoseconds from now and another one should have ended a moment ago: then its
   * heap is out of order, and others sleep on for ever. All waits of this library keep to this
   * bound.
   */
  public static final long MAX_NANOS = Long.MAX_VALUE / 2;

  /** What {@link #remaining()} says of {@link #none()}: the longest duration there is. */
  private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

  private static final Deadline NONE = new Deadline(0);

  /** In terms of {@code System.nanoTime()}; without meaning in {@link #NONE}. */
  private final long at;

  private Deadline(long at) {
    this.at = at;
  }

  /**
   * The deadline that lies {@code timeout} ahead of now.
   *
   * @param timeout how long to wait at most; zero and negative durations give a deadline that has
   *     already passed, durations over 146 years are cut to that
   * @throws NullPointerException if {@code timeout} is null
   */
  public static Deadline after(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    // TimeUnit.convert saturates where Duration.toNanos() would throw.
    long nanos = TimeUnit.NANOSECONDS.convert(timeout);
    return new Deadline(System.nanoTime() + Math.max(0, Math.min(nanos, MAX_NANOS)));
  }

  /** The deadline that never comes. */
  public static Deadline none() {
    return NONE;
  }

  /** Whether this is {@link #none()}: whether waiting has no bound. */
  public boolean isNone() {
    return this == NONE;
  }

  /** Whether the deadline has passed. Once true it stays true. */
  public boolean isExpired() {
    return remainingNanos() == 0;
  }

  /**
   * What is left until the deadline, never negative: {@link Duration#ZERO} once it has passed. Of
   * {@link #none()} it is the longest duration there is, {@code Duration.ofSeconds(Long.MAX_VALUE,
   * 999_999_999)}; do arithmetic on {@link #remainingNanos()} instead.
   */
  public Duration remaining() {
    return isNone() ? FOREVER : Duration.ofNanos(remainingNanos());
  }

  /**
   * What is left until the deadline in nanoseconds, never negative: 0 once it has passed, {@link
   * Long#MAX_VALUE} for {@link #none()}. It fits the timed methods of {@code java.util.concurrent};
   * on a virtual thread before JDK 25 at most {@link #MAX_NANOS} should be waited for.
   */
  public long remainingNanos() {
    return isNone() ? Long.MAX_VALUE : Math.max(0, at - System.nanoTime());
  }

  /**
   * The earlier of the two.
   *
   * @throws NullPointerException if {@code other} is null
   */
  public Deadline min(Deadline other) {
    Objects.requireNonNull(other, "other");
    if (other.isNone()) {
      return this;
    }
    if (isNone()) {
      return other;
    }
    return at - other.at <= 0 ? this : other;
  }

  /** What remains, for messages: {@code Deadline[in PT1.5S]}, {@code passed} or {@code none}. */
  @Override
  public String toString() {
    if (isNone()) {
      return "Deadline[none]";
    }
    long left = remainingNanos();
    return left == 0 ? "Deadline[passed]" : "Deadline[in " + Duration.ofNanos(left) + "]";
  }
}
