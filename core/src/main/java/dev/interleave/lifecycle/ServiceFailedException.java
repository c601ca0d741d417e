// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import java.util.Objects;

/** A service has failed; the cause is what it failed with. */
public final class ServiceFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String name;

  ServiceFailedException(String name, Throwable cause) {
    super(name + " failed: " + cause, Objects.requireNonNull(cause, "cause"));
    this.name = Objects.requireNonNull(name, "name");
  }

  /** The name of the service. */
  public String name() {
    return name;
  }
}
