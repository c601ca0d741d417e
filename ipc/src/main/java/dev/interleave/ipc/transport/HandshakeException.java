// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import org.jspecify.annotations.Nullable;

/**
 * Whoever is at the other end does not speak this protocol, or not this version or kind of it, or
 * left during the handshake. There is no connection.
 */
public final class HandshakeException extends TransportException {
  private static final long serialVersionUID = 1L;

  HandshakeException(String message) {
    super(message, null);
  }

  HandshakeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
