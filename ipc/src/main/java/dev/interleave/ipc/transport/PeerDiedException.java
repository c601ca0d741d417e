// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import org.jspecify.annotations.Nullable;

/**
 * The other side is gone and had not closed the connection: its process was killed, or the network
 * between broke. What it had sent before, and was whole, has been received.
 */
public final class PeerDiedException extends TransportException {
  private static final long serialVersionUID = 1L;

  PeerDiedException(String message) {
    super(message, null);
  }

  PeerDiedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
