// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static java.util.Objects.requireNonNull;

/**
 * One fault that has been injected.
 *
 * @param point where
 * @param visit at which visit of that point, from 1
 * @param kind what
 * @param detail how much of it, such as the nanoseconds of a delay; may be empty
 * @param thread the name of the thread that it struck, or that met it
 */
public record InjectedFault(
    String point, long visit, FaultKind kind, String detail, String thread) {

  /** Checks that nothing is null. */
  public InjectedFault {
    requireNonNull(point, "point");
    requireNonNull(kind, "kind");
    requireNonNull(detail, "detail");
    requireNonNull(thread, "thread");
  }
}
