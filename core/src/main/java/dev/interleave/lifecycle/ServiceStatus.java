// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a service was at one moment. Immutable; no component is null.
 *
 * @param name of the service
 * @param state its state
 * @param inState for how long it had been in that state
 * @param stopReason why it was asked to stop; empty if it was not, or had ended before: so a
 *     service that is {@code STOPPED} without a reason has completed by itself
 * @param failure what it failed with; present if, and only if, it is {@code FAILED}
 */
public record ServiceStatus(
    String name,
    Service.State state,
    Duration inState,
    Optional<String> stopReason,
    Optional<Throwable> failure) {

  /**
   * Checks the components.
   *
   * @throws NullPointerException if a component is null
   */
  public ServiceStatus {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(inState, "inState");
    Objects.requireNonNull(stopReason, "stopReason");
    Objects.requireNonNull(failure, "failure");
  }

  /** For messages: {@code mail is RUNNING for PT3S}. */
  @Override
  public String toString() {
    return name
        + " is "
        + state
        + " for "
        + inState
        + failure.map(e -> ", of " + e).orElse("")
        + stopReason.map(reason -> ", asked to stop: " + reason).orElse("");
  }
}
