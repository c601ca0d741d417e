// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import org.jspecify.annotations.Nullable;

/** A shared object refused what was asked of it. Nothing has changed. */
public abstract sealed class SharedObjectException extends RuntimeException
    permits SharedObjectFullException, SharedObjectTypeException {
  private static final long serialVersionUID = 1L;

  SharedObjectException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
