// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.state;

import java.util.Objects;

/**
 * What has happened to a {@link VersionedState}: a snapshot, immutable. The components are not read
 * at one single moment.
 *
 * @param name of the state
 * @param version of the value, now; so many changes were made
 * @param conflicts how often {@code compareAndSet} found another version than expected
 * @param waiting threads that await a version, now
 * @param listeners those registered, now
 * @param calls calls of listeners that were begun
 * @param listenerErrors how often a listener threw, or its executor refused to run it
 * @param timeouts waits that ended because the time was up
 */
public record VersionedStats(
    String name,
    long version,
    long conflicts,
    int waiting,
    int listeners,
    long calls,
    long listenerErrors,
    long timeouts) {

  /**
   * Checks the components.
   *
   * @throws NullPointerException if {@code name} is null
   */
  public VersionedStats {
    Objects.requireNonNull(name, "name");
  }
}
