// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import org.jspecify.annotations.Nullable;

/**
 * The method ran, but its result cannot be encoded or is too large for a frame, or could not be
 * decoded here.
 */
public final class BadResultException extends RpcException {
  private static final long serialVersionUID = 1L;

  BadResultException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
