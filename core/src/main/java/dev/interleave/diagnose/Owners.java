// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * Who could let a waiter go on. Immutable and thread-safe.
 *
 * @param need how many of them have to act
 * @param list who they are; unmodifiable, empty for {@link Need#ANYONE}
 */
public record Owners(Need need, List<Owner> list) {

  /** How many of the owners have to act for the waiter to go on. */
  public enum Need {
    /**
     * Each of them has to release: a mutex its one owner, a write lock all readers. If there is
     * none, nothing stands in the way.
     */
    ALL,

    /** One of them is enough, and only they can: the workers of a pool, say. */
    ANY,

    /**
     * Any thread could, known or not: to put into a queue that everybody has. Such a waiter is
     * never dead.
     */
    ANYONE
  }

  private static final Owners UNKNOWN = new Owners(Need.ANYONE, List.of());
  private static final Owners NOBODY = new Owners(Need.ALL, List.of());

  /**
   * Checks the components and copies the list.
   *
   * @throws NullPointerException if a component or an element is null
   * @throws IllegalArgumentException if there are owners although anyone could
   */
  public Owners {
    Objects.requireNonNull(need, "need");
    list = List.copyOf(list);
    if (need == Need.ANYONE && !list.isEmpty()) {
      throw new IllegalArgumentException("anyone, and yet these: " + list);
    }
  }

  /** Any thread could let the waiter go on; or it is not known who. */
  public static Owners anyone() {
    return UNKNOWN;
  }

  /** Nobody stands in the way now: the waiter is about to get what it wants. */
  public static Owners nobody() {
    return NOBODY;
  }

  /** Only {@code owner} could: it has to release. */
  public static Owners one(Owner owner) {
    return new Owners(Need.ALL, List.of(owner));
  }

  /** Each of {@code owners} has to release. */
  public static Owners all(Collection<Owner> owners) {
    return owners.isEmpty() ? NOBODY : new Owners(Need.ALL, List.copyOf(owners));
  }

  /** One of {@code owners} is enough; if there is none, it is not known who could. */
  public static Owners any(Collection<Owner> owners) {
    return owners.isEmpty() ? UNKNOWN : new Owners(Need.ANY, List.copyOf(owners));
  }
}
