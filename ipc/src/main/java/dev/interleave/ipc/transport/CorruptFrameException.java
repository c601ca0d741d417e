// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import org.jspecify.annotations.Nullable;

/**
 * What came in is no frame, or not the one that was sent: its checksum or its head is wrong. The
 * connection is over for both sides, which get this both.
 */
public final class CorruptFrameException extends TransportException {
  private static final long serialVersionUID = 1L;

  CorruptFrameException(String message) {
    super(message, null);
  }

  CorruptFrameException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
