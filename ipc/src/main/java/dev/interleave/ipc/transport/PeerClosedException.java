// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import org.jspecify.annotations.Nullable;

/**
 * The other side has closed the connection, in order: it receives no more. What it had sent before
 * can still be received.
 */
public final class PeerClosedException extends TransportException {
  private static final long serialVersionUID = 1L;

  PeerClosedException(String message) {
    super(message, null);
  }

  PeerClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
