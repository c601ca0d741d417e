// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import org.jspecify.annotations.Nullable;

/**
 * Somebody else listens at the address, or what lies there is nothing that a listener left behind,
 * and is not replaced.
 */
public final class AddressInUseException extends TransportException {
  private static final long serialVersionUID = 1L;

  AddressInUseException(String message) {
    super(message, null);
  }

  AddressInUseException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
