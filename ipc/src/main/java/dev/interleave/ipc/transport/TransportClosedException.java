// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import org.jspecify.annotations.Nullable;

/**
 * This side of the connection, its sending half, or the listener was closed, before or during the
 * call.
 */
public final class TransportClosedException extends TransportException {
  private static final long serialVersionUID = 1L;

  TransportClosedException(String message) {
    super(message, null);
  }

  TransportClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
