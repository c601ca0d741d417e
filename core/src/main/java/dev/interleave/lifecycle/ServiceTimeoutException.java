// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import dev.interleave.StopReport;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A service was not ready in time. It has not failed, and may be ready later. */
public final class ServiceTimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String name;
  private final Duration waited;
  private final transient StopReport.@Nullable Running where;

  ServiceTimeoutException(String name, Duration waited, StopReport.@Nullable Running where) {
    super(message(name, waited, where));
    this.name = Objects.requireNonNull(name, "name");
    this.waited = waited;
    this.where = where;
  }

  private static String message(String name, Duration waited, StopReport.@Nullable Running where) {
    return name
        + " is not ready after "
        + waited
        + (where == null || where.stack().isEmpty() ? "" : ", it is " + where.stack().get(0));
  }

  /** The name of the service. */
  public String name() {
    return name;
  }

  /** How long was waited for it. */
  public Duration waited() {
    return waited;
  }

  /** What the service was doing then; empty if it had no thread, or after deserialization. */
  public Optional<StopReport.Running> where() {
    return Optional.ofNullable(where);
  }
}
