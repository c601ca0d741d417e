// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A codec cannot handle a type. The message says where the type stands, why it is refused, and what
 * to do: {@code Order.placed: java.util.Date is not supported; use java.time.Instant}.
 */
public final class UnsupportedTypeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Longer paths are those of types that contain themselves without end. */
  private static final int MAX_PATH = 200;

  private final String reason;
  private String path = "";
  private boolean within;

  /**
   * A refusal.
   *
   * @param reason which type, why, and what to do
   */
  public UnsupportedTypeException(String reason) {
    this(reason, null);
  }

  /**
   * A refusal for which there is a cause.
   *
   * @param reason which type, why, and what to do
   * @param cause what led to it, or null
   */
  public UnsupportedTypeException(String reason, @Nullable Throwable cause) {
    super(null, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** The place of the type in the one that was asked for, if it is not that, and the reason. */
  @Override
  public String getMessage() {
    if (path.length() > MAX_PATH) {
      return path.substring(0, MAX_PATH) + "...: " + reason;
    }
    return path.isEmpty() ? reason : path + ": " + reason;
  }

  /** Whether it is about a part of a type. */
  boolean isWithin() {
    return within;
  }

  /** This exception, seen from one level further out. Only before it is thrown to others. */
  UnsupportedTypeException within(String place) {
    path = place + path;
    within = true;
    return this;
  }
}
