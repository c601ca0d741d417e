// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import org.jspecify.annotations.Nullable;

/**
 * The deadline passed first. Nothing was sent, received, accepted or connected by this call, and
 * the connection or listener goes on as before.
 */
public final class TransportTimeoutException extends TransportException {
  private static final long serialVersionUID = 1L;

  TransportTimeoutException(String message) {
    super(message, null);
  }

  TransportTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
