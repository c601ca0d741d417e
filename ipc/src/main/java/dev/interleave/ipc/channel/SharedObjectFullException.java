// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import org.jspecify.annotations.Nullable;

/** There is no room: for another object, in this one, or in all of them together. */
public final class SharedObjectFullException extends SharedObjectException {
  private static final long serialVersionUID = 1L;

  SharedObjectFullException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
