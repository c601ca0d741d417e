// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import org.jspecify.annotations.Nullable;

/** There is an object of this name already, of another kind, or with values of other types. */
public final class SharedObjectTypeException extends SharedObjectException {
  private static final long serialVersionUID = 1L;

  SharedObjectTypeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
