// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import org.jspecify.annotations.Nullable;

/**
 * A frame is longer than the two sides have agreed on. If it was to be sent, it was not, and the
 * connection works on; if it came in, the connection is over for both sides, which get this both.
 */
public final class FrameTooLargeException extends TransportException {
  private static final long serialVersionUID = 1L;

  FrameTooLargeException(String message) {
    super(message, null);
  }

  FrameTooLargeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
