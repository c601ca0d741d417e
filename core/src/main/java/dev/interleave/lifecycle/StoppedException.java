// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Something was not done, or not to its end, because it was asked to stop. It is no failure: a
 * {@link Service} whose body throws it after its token was stopped has stopped as it should.
 */
public final class StoppedException extends CancellationException {
  private static final long serialVersionUID = 1L;

  private final String name;
  private final String reason;

  StoppedException(String name, String reason, @Nullable Throwable cause) {
    super(name + " was stopped: " + reason);
    this.name = Objects.requireNonNull(name, "name");
    this.reason = Objects.requireNonNull(reason, "reason");
    if (cause != null) {
      initCause(cause);
    }
  }

  /** The name of what was stopped. */
  public String name() {
    return name;
  }

  /** The reason that was given. */
  public String reason() {
    return reason;
  }
}
