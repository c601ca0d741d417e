// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import org.jspecify.annotations.Nullable;

/** The server has no such service, or the service no such method. It did not run. */
public final class UnknownMethodException extends RpcException {
  private static final long serialVersionUID = 1L;

  UnknownMethodException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
