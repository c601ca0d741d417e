// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Looks for the smallest size that does about as much as the best one, by measuring as few sizes as
 * it can. Supposes that throughput rises with the size, has one summit, which may be a plateau, and
 * then falls.
 *
 * <p>It doubles the size until that no longer helps, looks for the summit between its neighbours,
 * and bisects down to the foot of the plateau, to an eighth. From 1 to 1,000 these are less than 25
 * measurements. Not thread-safe.
 */
final class SizeSearch {
  /** What is less than this share is noise. */
  static final double NOISE = 0.05;

  /** Who does less than the best by no more than this does about as much. */
  static final double ENOUGH = 0.03;

  private static final int MOST_REFINEMENTS = 4;

  private final int min;
  private final int max;
  private final TreeMap<Integer, Double> rates = new TreeMap<>();
  private int refinements = MOST_REFINEMENTS;

  SizeSearch(int min, int max) {
    this.min = min;
    this.max = max;
  }

  /** The shortest step from a size. */
  static int unit(int size) {
    return Math.max(1, size / 8);
  }

  void measured(int size, double rate) {
    rates.merge(size, rate, (before, now) -> (before + now) / 2);
  }

  /** What size is to be measured next; empty if the search is over. Wants one to be measured. */
  OptionalInt next() {
    int next = upwards();
    if (next == 0) {
      next = towardsSummit();
    }
    if (next == 0) {
      next = downwards();
    }
    return next == 0 ? OptionalInt.empty() : OptionalInt.of(next);
  }

  /** The most that was measured. */
  double best() {
    return rates.values().stream().mapToDouble(rate -> rate).max().orElseThrow();
  }

  /** The smallest size that was measured to do about as much. */
  int foot() {
    double enough = best() * (1 - ENOUGH);
    return rates.entrySet().stream()
        .filter(measured -> measured.getValue() >= enough)
        .mapToInt(Map.Entry::getKey)
        .min()
        .orElseThrow();
  }

  /** Whether this size was measured, and did not do about as much as the best. */
  boolean isLess(int size) {
    return rate(size) < best() * (1 - ENOUGH);
  }

  double rate(int size) {
    return rates.getOrDefault(size, Double.NaN);
  }

  /** Doubles, unless the last doubling lost something, or the last two gained nothing. */
  private int upwards() {
    int top = rates.lastKey();
    if (top == max) {
      return 0;
    }
    Map.Entry<Integer, Double> before = rates.lowerEntry(top);
    if (before != null) {
      if (rates.lastEntry().getValue() < best() * (1 - 2 * NOISE)) {
        return 0;
      }
      Map.Entry<Integer, Double> first = rates.lowerEntry(before.getKey());
      if (first != null && best() <= first.getValue() * (1 + NOISE)) {
        return 0;
      }
    }
    return (int) Math.min(2L * top, max);
  }

  /** The middle between the summit and that neighbour of it which is further away. */
  private int towardsSummit() {
    int summit = summit();
    Integer left = rates.lowerKey(summit);
    Integer right = rates.higherKey(summit);
    int toLeft = left == null ? 0 : summit - left;
    int toRight = right == null ? 0 : right - summit;
    if (refinements == 0 || Math.max(toLeft, toRight) <= Math.max(1, summit / 4)) {
      return 0;
    }
    refinements--;
    return toRight >= toLeft ? summit + toRight / 2 : summit - toLeft / 2;
  }

  private int summit() {
    return rates.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }

  private int downwards() {
    int foot = foot();
    Integer below = rates.lowerKey(foot);
    if (below == null) {
      return foot == min ? 0 : Math.max(min, foot / 2);
    }
    return foot - below > unit(foot) ? below + (foot - below) / 2 : 0;
  }
}
