// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench;

/**
 * How many threads of which kind run a benchmark.
 *
 * @param count how many, at least 1
 * @param virtual whether JMH runs them as virtual threads
 */
public record ThreadSetting(int count, boolean virtual) {
  private static final String EXECUTOR = "jmh.executor";

  /** What tells JMH's fork to use virtual threads; platform threads are its default. */
  static final String VIRTUAL_ARGUMENT = "-D" + EXECUTOR + "=VIRTUAL";

  /**
   * Rejects a count that is no count.
   *
   * @throws IllegalArgumentException if {@code count} is less than 1
   */
  public ThreadSetting {
    if (count < 1) {
      throw new IllegalArgumentException("count must be at least 1, was " + count);
    }
  }

  /** That many platform threads. */
  public static ThreadSetting platform(int count) {
    return new ThreadSetting(count, false);
  }

  /** That many virtual threads. */
  public static ThreadSetting virtual(int count) {
    return new ThreadSetting(count, true);
  }

  /**
   * Asked by each benchmark thread of itself: a number about virtual threads must not come from
   * platform threads.
   *
   * @throws IllegalStateException if it is of another kind than the fork was started for
   */
  public static void verifyKind() {
    boolean wanted = "VIRTUAL".equals(System.getProperty(EXECUTOR));
    boolean virtual = Thread.currentThread().isVirtual();
    if (virtual != wanted) {
      throw new IllegalStateException(
          "benchmark thread is " + (virtual ? "virtual" : "a platform thread") + ", unlike asked");
    }
  }

  /** Short, for names of cases: {@code 2p}, {@code 8v}. */
  @Override
  public String toString() {
    return count + (virtual ? "v" : "p");
  }

  /** For titles: {@code 2 platform threads}. */
  public String words() {
    return count + (virtual ? " virtual" : " platform") + (count == 1 ? " thread" : " threads");
  }
}
