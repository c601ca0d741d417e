// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.time.Duration;

/**
 * Counts durations in nanoseconds in buckets that grow with the value: 16 of equal width from each
 * power of two to the next, and one each for 0 to 15. A value is told from its bucket with an error
 * of 1/16 of itself at most. Above 2<sup>47</sup> ns, 39 hours, all are in the last bucket; their
 * sum and maximum are exact all the same.
 *
 * <p>HdrHistogram has the same buckets (Tene, hdrhistogram.org), at 10 to 25 ns for each value, as
 * its recorder must expect several writers and a reader that swaps buffers. This one has a single
 * writer, whose stores cost what plain ones do, and readers who only ever sum up. It may also be
 * shared by several writers, at the price of atomic additions.
 *
 * <p>Readers may come at any time; each cell only grows, so what they see lies between what there
 * was at the beginning and at the end.
 */
final class LogHistogram {
  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

  private static final int BITS = 4;
  private static final int SUB = 1 << BITS;
  private static final int TOP_BIT = 46;
  static final int BUCKETS = (TOP_BIT - BITS + 2) * SUB;

  private static final int SUM = BUCKETS;
  private static final int MAX = BUCKETS + 1;

  /** How often the sum has passed 2<sup>64</sup>: 584 years, for 1,000 threads seven months. */
  private static final int CARRY = BUCKETS + 2;

  private final long[] cells = new long[BUCKETS + 3];
  private final boolean shared;

  /**
   * Makes an empty one.
   *
   * @param shared whether several threads may record at the same time
   */
  LogHistogram(boolean shared) {
    this.shared = shared;
  }

  /** The bucket of a value that is not negative. */
  static int bucket(long value) {
    if (value < SUB) {
      return (int) value;
    }
    int top = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
    if (top > TOP_BIT) {
      return BUCKETS - 1;
    }
    int shift = top - BITS;
    return (shift + 1) * SUB + ((int) (value >>> shift) & (SUB - 1));
  }

  /** The largest value of a bucket. */
  static long upperBound(int bucket) {
    if (bucket < SUB) {
      return bucket;
    }
    int shift = bucket / SUB - 1;
    return ((long) (SUB + bucket % SUB + 1) << shift) - 1;
  }

  /** Counts a duration; a negative one as zero. */
  void record(long nanos) {
    long value = Math.max(0, nanos);
    long unused = add(bucket(value), 1);
    long sum = add(SUM, value);
    if (Long.compareUnsigned(sum + value, sum) < 0) {
      long unusedToo = add(CARRY, 1);
    }
    raiseMax(value);
  }

  /** Returns what it was before. */
  private long add(int cell, long by) {
    if (shared) {
      return (long) CELL.getAndAdd(cells, cell, by);
    }
    long before = cells[cell];
    CELL.setOpaque(cells, cell, before + by);
    return before;
  }

  private void raiseMax(long value) {
    long seen = (long) CELL.getOpaque(cells, MAX);
    while (value > seen && !CELL.compareAndSet(cells, MAX, seen, value)) {
      seen = (long) CELL.getOpaque(cells, MAX);
    }
  }

  /** How often each bucket was hit, in several of them together. */
  static long[] counts(Iterable<LogHistogram> parts) {
    long[] all = new long[BUCKETS];
    for (LogHistogram part : parts) {
      for (int i = 0; i < BUCKETS; i++) {
        all[i] += (long) CELL.getOpaque(part.cells, i);
      }
    }
    return all;
  }

  /**
   * All that was recorded in several of them, added up, modulo 2<sup>64</sup>: for the difference
   * between two looks, which is right also if it has passed that in between.
   */
  static long wrappedTotal(Iterable<LogHistogram> parts) {
    long sum = 0;
    for (LogHistogram part : parts) {
      sum += (long) CELL.getOpaque(part.cells, SUM);
    }
    return sum;
  }

  /**
   * All that was recorded in several of them, added up, however much that is. A look at the very
   * moment at which a sum passes 2<sup>64</sup> may miss that.
   */
  static BigInteger total(Iterable<LogHistogram> parts) {
    BigInteger sum = BigInteger.ZERO;
    for (LogHistogram part : parts) {
      long carry = (long) CELL.getOpaque(part.cells, CARRY);
      long low = (long) CELL.getOpaque(part.cells, SUM);
      sum = sum.add(BigInteger.valueOf(carry).shiftLeft(Long.SIZE));
      sum = sum.add(new BigInteger(Long.toUnsignedString(low)));
    }
    return sum;
  }

  /** What several of them have counted together. */
  static PoolStats.Times sum(Iterable<LogHistogram> parts) {
    long[] all = counts(parts);
    BigInteger sum = total(parts);
    long max = 0;
    for (LogHistogram part : parts) {
      max = Math.max(max, (long) CELL.getOpaque(part.cells, MAX));
    }
    long count = 0;
    for (long n : all) {
      count += n;
    }
    return new PoolStats.Times(
        count,
        Duration.ofNanos(mean(sum, count)),
        quantile(all, count, 50, max),
        quantile(all, count, 90, max),
        quantile(all, count, 99, max),
        Duration.ofNanos(max));
  }

  /** The sum may have more in it than was counted, as it is read later. */
  private static long mean(BigInteger sum, long count) {
    return count == 0
        ? 0
        : sum.divide(BigInteger.valueOf(count)).min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
  }

  /** The same of what was counted from one look to a later one; zero if that is nothing. */
  static Duration quantile(long[] before, long[] after, int percent) {
    long[] between = new long[BUCKETS];
    long count = 0;
    for (int i = 0; i < BUCKETS; i++) {
      between[i] = after[i] - before[i];
      count += between[i];
    }
    return quantile(between, count, percent, Long.MAX_VALUE);
  }

  private static Duration quantile(long[] counts, long count, int percent, long max) {
    // Rounded up, and in this order, as count * percent may overflow.
    long wanted = count / 100 * percent + (count % 100 * percent + 99) / 100;
    long seen = 0;
    for (int i = 0; i < BUCKETS - 1; i++) {
      seen += counts[i];
      if (count > 0 && seen >= wanted) {
        return Duration.ofNanos(Math.min(max, upperBound(i)));
      }
    }
    return Duration.ofNanos(count == 0 ? 0 : max);
  }
}
