// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import org.jspecify.annotations.Nullable;

/** Nobody listens at the address. */
public final class NoListenerException extends TransportException {
  private static final long serialVersionUID = 1L;

  NoListenerException(String message) {
    super(message, null);
  }

  NoListenerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
