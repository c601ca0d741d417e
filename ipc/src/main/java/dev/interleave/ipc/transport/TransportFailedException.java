// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import org.jspecify.annotations.Nullable;

/**
 * The operating system refused: missing rights, no free descriptor, no memory, no room on the
 * device. The cause says which.
 */
public final class TransportFailedException extends TransportException {
  private static final long serialVersionUID = 1L;

  TransportFailedException(String message) {
    super(message, null);
  }

  TransportFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
