// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import java.util.Objects;

/**
 * What a {@link Confined} has done so far and what waits in its mailbox: a snapshot, immutable.
 *
 * <p>The components are not read at one single moment. When nothing happens meanwhile, {@code
 * submitted} is the sum of {@code completed}, {@code failed}, {@code cancelled}, {@code discarded}
 * and {@code queued}, plus one if a function is running; except that a function taken back counts
 * as queued until its turn comes. A function is counted before its future completes: whoever has
 * the result finds it here.
 *
 * @param name of the confined state
 * @param capacity how many functions may wait
 * @param submitted functions accepted
 * @param completed functions that returned
 * @param failed functions that threw
 * @param cancelled functions that were skipped, because they had been cancelled before they began
 * @param discarded functions that had not begun when the mailbox was thrown away
 * @param full functions refused because there was no place, at once or until their deadline
 * @param rejected functions refused because it was closed
 * @param queued functions in the mailbox, now; the one that runs is not among them
 * @param highWater the most functions that were ever in the mailbox; it may count in one that the
 *     owner was taking out at that very moment
 */
public record ConfinedStats(
    String name,
    int capacity,
    long submitted,
    long completed,
    long failed,
    long cancelled,
    long discarded,
    long full,
    long rejected,
    int queued,
    int highWater) {

  /**
   * Checks the components.
   *
   * @throws NullPointerException if {@code name} is null
   */
  public ConfinedStats {
    Objects.requireNonNull(name, "name");
  }
}
