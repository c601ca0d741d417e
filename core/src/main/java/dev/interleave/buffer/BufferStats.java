// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.buffer;

import dev.interleave.buffer.BoundedBuffer.Overflow;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What a buffer has done so far and what is in it now: a snapshot, immutable.
 *
 * <p>The components are not read at one single moment; a thread that acts on one acts on the past,
 * so {@code drainTo}, {@code offer} and {@code poll} are to be asked, not {@code size}. When
 * nothing happens meanwhile, {@code puts} is the sum of {@code takes}, {@code removed}, {@code
 * evicted} and {@code size}.
 *
 * @param name of the buffer
 * @param capacity how many items it may hold, now
 * @param size how many items are inside, now
 * @param highWater the most that were ever inside; it may count in some that were being taken out
 *     at that very moment
 * @param weight what they weigh together, now; without a weigher their number
 * @param maxWeight what they may weigh together; without a weigher {@link Long#MAX_VALUE}
 * @param puts items that went in
 * @param takes items that came out from the head, by whatever method, {@code clear} and {@code
 *     closeNow} included
 * @param removed items removed by {@code remove(Object)}, {@code removeIf(Predicate)}, {@code
 *     removeAll}, {@code retainAll} and through iterators
 * @param dropped items given to {@code onDropped}: those evicted and, with {@link
 *     Overflow#DROP_NEWEST}, those that did not get in
 * @param evicted items that were inside and had to leave for a newer one: {@link
 *     Overflow#DROP_OLDEST}
 * @param rejected insertions refused because the buffer was full, without or after a wait
 * @param leased leases open now
 * @param closed whether it is closed
 * @param blockedProducers threads that wait for room, now
 * @param blockedConsumers threads that wait for an item, now
 * @param producerWaits the waits for room that have ended
 * @param consumerWaits the waits for an item that have ended
 */
public record BufferStats(
    String name,
    int capacity,
    int size,
    int highWater,
    long weight,
    long maxWeight,
    long puts,
    long takes,
    long removed,
    long dropped,
    long evicted,
    long rejected,
    long leased,
    boolean closed,
    int blockedProducers,
    int blockedConsumers,
    WaitTimes producerWaits,
    WaitTimes consumerWaits) {

  /**
   * Checks the components.
   *
   * @throws NullPointerException if one is null
   */
  public BufferStats {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(producerWaits, "producerWaits");
    Objects.requireNonNull(consumerWaits, "consumerWaits");
  }

  /** How full it is, from 0 to 1 (more while a bound that was lowered is exceeded). */
  public double usage() {
    return (double) size / capacity;
  }

  /**
   * The waits of one side that have ended, however they ended. Only threads that parked have
   * waited; a short spin is no wait.
   *
   * @param count how many waits
   * @param timedOut those that ended because the time was up
   * @param interrupted those that ended by an interrupt
   * @param totalNanos their time together, in nanoseconds
   * @param longestNanos the longest of them, in nanoseconds
   * @param histogram how many waits took how long: the first number counts those shorter than 1 µs,
   *     the one at index {@code i} those of {@code 2^(i-1)} to below {@code 2^i} µs, and the last,
   *     at index {@value #BUCKETS} - 1, also all longer ones
   */
  public record WaitTimes(
      long count,
      long timedOut,
      long interrupted,
      long totalNanos,
      long longestNanos,
      List<Long> histogram) {
    /** The length of the histogram: its last number begins at some 4.5 minutes. */
    public static final int BUCKETS = 30;

    /**
     * Copies the histogram.
     *
     * @throws NullPointerException if it or a number in it is null
     */
    public WaitTimes {
      histogram = List.copyOf(histogram);
    }

    /** The mean, or zero if there were none. */
    public Duration mean() {
      return Duration.ofNanos(count == 0 ? 0 : totalNanos / count);
    }

    /**
     * A bound from above, within a factor of two, for a part of the waits; zero if there were none.
     *
     * @param part of the waits, greater than 0 and up to 1: 0.5 for the median
     * @throws IllegalArgumentException if {@code part} is out of range
     */
    public Duration quantile(double part) {
      if (!(part > 0 && part <= 1)) {
        throw new IllegalArgumentException("part is not in (0, 1]: " + part);
      }
      long all = histogram.stream().mapToLong(n -> n).sum();
      double wanted = part * all;
      long seen = 0;
      for (int i = 0; i < histogram.size() - 1; i++) {
        seen += histogram.get(i);
        if (all > 0 && seen >= wanted) {
          return Duration.ofNanos(Math.min(longestNanos, 1000L << i));
        }
      }
      return Duration.ofNanos(all == 0 ? 0 : longestNanos);
    }
  }
}
