// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An immutable queue: the last items of an endless chain, to which others may be appended. Adding
 * and hashing take constant time, removing the first or the last item takes logarithmic time.
 *
 * <p>Each link knows the hash of all the chain up to it, from which that of any stretch follows,
 * and besides the link before it one that is further back, chosen such that any of them can be
 * reached in logarithmic time (Myers, An applicative random-access stack, Information Processing
 * Letters 17(5), 1983).
 */
final class Chain {
  private static final long BASE = 0x9E3779B97F4A7C15L;
  private static final long INVERSE = inverse(BASE);
  private static final Link ROOT = new Link();

  /** What is empty. */
  static final Chain EMPTY = new Chain(ROOT, ROOT);

  private final Link before;
  private final Link last;

  private static final class Link {
    final @Nullable Object item;
    final int depth;

    /**
     * The sum over all items up to here of their hash times the base to the power of their depth.
     */
    final long hash;

    final long power;
    final long inversePower;

    final @Nullable Link previous;
    final @Nullable Link jump;

    /** The root. */
    Link() {
      item = null;
      depth = 0;
      hash = 0;
      power = 1;
      inversePower = 1;
      previous = null;
      jump = null;
    }

    Link(Link previous, @Nullable Object item) {
      this.item = item;
      this.depth = previous.depth + 1;
      this.power = previous.power * BASE;
      this.inversePower = previous.inversePower * INVERSE;
      this.hash = previous.hash + (Objects.hashCode(item) + 1L) * power;
      this.previous = previous;
      Link near = previous.jump;
      Link far = near == null ? null : near.jump;
      this.jump =
          near != null && far != null && previous.depth - near.depth == near.depth - far.depth
              ? far
              : previous;
    }

    /** Returns the link of that depth, which this one is or has before it. */
    Link at(int wanted) {
      Link link = this;
      while (link.depth != wanted) {
        Link far = link.jump;
        link = far != null && far.depth >= wanted ? far : Objects.requireNonNull(link.previous);
      }
      return link;
    }
  }

  private Chain(Link before, Link last) {
    this.before = before;
    this.last = last;
  }

  int size() {
    return last.depth - before.depth;
  }

  boolean isEmpty() {
    return before == last;
  }

  Chain plus(@Nullable Object item) {
    return new Chain(before, new Link(last, item));
  }

  /** Returns the item added first of those that are left; there must be one. */
  @Nullable Object first() {
    return last.at(before.depth + 1).item;
  }

  /** Returns the item added last; there must be one. */
  @Nullable Object last() {
    return last.item;
  }

  Chain withoutFirst() {
    return new Chain(last.at(before.depth + 1), last);
  }

  Chain withoutLast() {
    return new Chain(before, Objects.requireNonNull(last.previous));
  }

  /** Returns the inverse of an odd number modulo 2 to the power of 64, by Newton's iteration. */
  private static long inverse(long odd) {
    long inverse = odd; // right in the last three bits, and in twice as many after each round
    for (int bits = 3; bits < Long.SIZE; bits *= 2) {
      inverse *= 2 - odd * inverse;
    }
    return inverse;
  }

  private List<@Nullable Object> items() {
    List<@Nullable Object> items = new ArrayList<>(size());
    for (Link link = last; link != before; link = Objects.requireNonNull(link.previous)) {
      items.add(link.item);
    }
    Collections.reverse(items);
    return items;
  }

  @Override
  public int hashCode() {
    return Long.hashCode((last.hash - before.hash) * before.inversePower);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof Chain that) || size() != that.size() || hashCode() != that.hashCode()) {
      return false;
    }
    Link mine = last;
    Link theirs = that.last;
    while (mine != before && mine != theirs) {
      if (!Objects.equals(mine.item, theirs.item)) {
        return false;
      }
      mine = Objects.requireNonNull(mine.previous);
      theirs = Objects.requireNonNull(theirs.previous);
    }
    return true;
  }

  /** Returns the items in the order in which they were added. */
  @Override
  public String toString() {
    return Values.show(items());
  }
}
