// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * How many threads a pool should have, by the formulas of the field, within limits that are known:
 * a first guess, with its reasons. {@link SizingProbe} measures instead, {@code AdaptiveSizing}
 * goes on measuring.
 *
 * <pre>{@code
 * PoolSizing sizing = PoolSizing.ofThisMachine().atMost(20, "connections of the database");
 * PoolSizing.Advice advice = sizing.blocking(Duration.ofMillis(45), Duration.ofMillis(5));
 * // 20 threads: 8 processors x (1 + 45 ms waiting / 5 ms computing) = 80, but at most 20: ...
 * }</pre>
 *
 * <p><b>What the formulas cannot know.</b> They take the mean of wait and computing for a constant
 * that does not depend on the number of threads. Where threads meet (a lock, a connection, a disk)
 * it does, and the true optimum is lower. With virtual threads no size is needed at all: bound the
 * scarce resource instead, with {@code MonitoredPool.Builder.virtual(maxConcurrent)}.
 *
 * <p><b>Sources.</b> {@code N} and {@code N + 1} for computing, and {@code N * U * (1 + W/C)} for
 * waiting: Goetz et al., <i>Java Concurrency in Practice</i>, 2006, section 8.2. {@code arrivals *
 * time}: Little, <i>A Proof for the Queuing Formula L = λW</i>, Operations Research 9(3), 1961. The
 * rule of two to five threads per processor is folklore: it is the formula with W/C of 1 to 4, and
 * contradicts it beyond.
 *
 * <p>Immutable and thread-safe; {@code null} is refused with a {@link NullPointerException}.
 *
 * <p>This class may be lifted out on its own.
 */
public final class PoolSizing {
  /** More threads than this no formula may advise: a platform thread is a thread of the system. */
  private static final int MOST = 1 << 20;

  private final int processors;
  private final double utilization;
  private final List<Limit> limits;

  /**
   * A bound that comes from elsewhere.
   *
   * @param most how many threads at most
   * @param reason what they would run out of
   */
  private record Limit(int most, String reason) {}

  /**
   * What is advised.
   *
   * @param threads how many; at least 1
   * @param reason the formula with its figures, and each limit that was reached
   */
  public record Advice(int threads, String reason) {
    /**
     * Checks the components.
     *
     * @throws NullPointerException if {@code reason} is null
     * @throws IllegalArgumentException if {@code threads} is less than 1
     */
    public Advice {
      Objects.requireNonNull(reason, "reason");
      if (threads < 1) {
        throw new IllegalArgumentException("threads is less than 1: " + threads);
      }
    }

    /** The number and the reason, in one line. */
    @Override
    public String toString() {
      return threads + (threads == 1 ? " thread: " : " threads: ") + reason;
    }
  }

  private PoolSizing(int processors, double utilization, List<Limit> limits) {
    this.processors = processors;
    this.utilization = utilization;
    this.limits = limits;
  }

  /**
   * For as many processors as the JVM may use now; in a container that is its share. It may change
   * while the JVM runs, and this does not follow.
   */
  public static PoolSizing ofThisMachine() {
    return onProcessors(Runtime.getRuntime().availableProcessors());
  }

  /**
   * For a machine with so many processors.
   *
   * @throws IllegalArgumentException if {@code processors} is less than 1
   */
  public static PoolSizing onProcessors(int processors) {
    requireAtLeast("processors", processors, 1);
    return new PoolSizing(processors, 1, List.of());
  }

  /**
   * The same, with the processors to be used to a part only: others need them too.
   *
   * @param share greater than 0, at most 1; 1 unless set
   * @throws IllegalArgumentException if {@code share} is not
   */
  public PoolSizing utilization(double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share is not within (0, 1]: " + share);
    }
    return new PoolSizing(processors, share, limits);
  }

  /**
   * The same, with never more threads than there is of something that each needs one of, such as
   * connections.
   *
   * @param reason what that is, for {@link Advice#reason()}
   * @throws IllegalArgumentException if {@code most} is less than 1, or {@code reason} is blank
   */
  public PoolSizing atMost(int most, String reason) {
    Objects.requireNonNull(reason, "reason");
    requireAtLeast("most", most, 1);
    if (reason.isBlank()) {
      throw new IllegalArgumentException("reason is blank: \"" + reason + "\"");
    }
    List<Limit> more = new ArrayList<>(limits);
    more.add(new Limit(most, reason));
    return new PoolSizing(processors, utilization, List.copyOf(more));
  }

  /**
   * The same, with never more threads than fit into some memory: a platform thread takes its stack,
   * of which only what was touched is real, and what its task holds.
   *
   * @param bytes for all of them
   * @param perThread for each; with the default stack size on 64-bit Linux at most 1 MiB of it is
   *     stack
   * @throws IllegalArgumentException if {@code perThread} is less than 1, or {@code bytes} is less
   *     than that
   */
  public PoolSizing memory(long bytes, long perThread) {
    requireAtLeast("perThread", perThread, 1);
    requireAtLeast("bytes", bytes, perThread);
    return atMost(
        (int) Math.min(bytes / perThread, MOST),
        String.format(Locale.ROOT, "%,d bytes of memory, %,d for each thread", bytes, perThread));
  }

  /**
   * For tasks that compute and do not wait: one thread for each processor, as much as they are to
   * be used. More would only take turns.
   */
  public Advice cpuBound() {
    return advise(
        processors * utilization, processors + " processors" + used() + ", nobody waits", false);
  }

  /**
   * For tasks that compute, with one thread to spare: it runs while another one waits for a page or
   * a lock now and then.
   */
  public Advice cpuBoundPlusOne() {
    return advise(
        processors * utilization + 1,
        processors + " processors" + used() + ", and one thread to spare",
        false);
  }

  /**
   * By rule of thumb, for tasks that compute twice as long as they wait: three threads for two
   * processors. If the times are known, {@link #blocking(Duration, Duration)} says more; if not, a
   * {@link SizingProbe} does.
   */
  public Advice mixed() {
    return advise(
        processors * utilization * 1.5,
        processors + " processors" + used() + " x 1.5, by rule of thumb",
        false);
  }

  /**
   * By rule of thumb: so many threads for each processor. If the times are known, {@link
   * #blocking(Duration, Duration)} says what the factor should be.
   *
   * @param factor from 2, if tasks wait about as long as they compute, to 5, if they wait four
   *     times as long
   * @throws IllegalArgumentException if {@code factor} is not within [2, 5]
   */
  public Advice ioBound(double factor) {
    if (!(factor >= 2 && factor <= 5)) {
      throw new IllegalArgumentException("factor is not within [2, 5]: " + factor);
    }
    return advise(
        processors * utilization * factor,
        processors + " processors" + used() + " x " + number(factor) + ", by rule of thumb",
        true);
  }

  /**
   * For tasks that wait: so many threads that as many as there are processors compute at any time.
   *
   * @param wait how long a task waits, on average
   * @param compute how long it computes, on average
   * @throws IllegalArgumentException if {@code wait} is negative, or {@code compute} not positive:
   *     who computes nothing needs no processor, and no formula about processors
   */
  public Advice blocking(Duration wait, Duration compute) {
    Objects.requireNonNull(wait, "wait");
    Objects.requireNonNull(compute, "compute");
    if (wait.isNegative()) {
      throw new IllegalArgumentException("wait is negative: " + wait);
    }
    if (compute.isNegative() || compute.isZero()) {
      throw new IllegalArgumentException("compute is not positive: " + compute);
    }
    double ratio = seconds(wait) / seconds(compute);
    return advise(
        processors * utilization * (1 + ratio),
        processors
            + " processors"
            + used()
            + " x (1 + "
            + text(wait)
            + " waiting / "
            + text(compute)
            + " computing)",
        true);
  }

  /**
   * For a given load: so many threads that those who arrive find one free, on average. What comes
   * in bursts needs more; what computes is bounded by the processors all the same.
   *
   * @param perSecond how many tasks arrive in a second
   * @param time how long one takes, waits included, on average
   * @throws IllegalArgumentException if either is negative or {@code perSecond} is not finite
   */
  public Advice littlesLaw(double perSecond, Duration time) {
    Objects.requireNonNull(time, "time");
    if (!(perSecond >= 0 && perSecond < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("perSecond is not within [0, infinity): " + perSecond);
    }
    if (time.isNegative()) {
      throw new IllegalArgumentException("time is negative: " + time);
    }
    return advise(
        perSecond * seconds(time),
        number(perSecond) + " tasks a second x " + text(time) + " each (Little's law)",
        true);
  }

  /** Rounds up if fewer would leave a processor idle, down if more would only take turns. */
  private Advice advise(double exact, String formula, boolean up) {
    int threads =
        (int) Math.clamp(up ? Math.ceil(exact - 1e-9) : Math.floor(exact + 1e-9), 1, MOST);
    StringBuilder reason = new StringBuilder(formula).append(" = ").append(number(exact));
    int most = limits.stream().mapToInt(Limit::most).min().orElse(MOST);
    for (Limit limit : limits) {
      if (limit.most < threads) {
        reason.append(", but at most ").append(limit.most).append(": ").append(limit.reason);
      }
    }
    return new Advice(Math.min(threads, most), reason.toString());
  }

  private String used() {
    return utilization == 1 ? "" : " used to " + number(utilization * 100) + " %";
  }

  private static double seconds(Duration duration) {
    return duration.getSeconds() + duration.getNano() / 1e9;
  }

  private static String text(Duration duration) {
    double seconds = seconds(duration);
    return seconds >= 1
        ? number(seconds) + " s"
        : seconds >= 1e-3 ? number(seconds * 1e3) + " ms" : number(seconds * 1e6) + " µs";
  }

  private static String number(double value) {
    boolean whole = Math.abs(value - Math.rint(value)) <= 1e-9 * Math.max(1, Math.abs(value));
    return whole && Math.abs(value) < 1e15
        ? String.valueOf(Math.round(value))
        : String.format(Locale.ROOT, "%.3g", value);
  }

  private static void requireAtLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(name + " is less than " + least + ": " + value);
    }
  }

  /** The processors and the limits. */
  @Override
  public String toString() {
    return "PoolSizing[" + processors + " processors" + used() + ", " + limits + "]";
  }
}
