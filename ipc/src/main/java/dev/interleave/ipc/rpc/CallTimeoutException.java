// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import org.jspecify.annotations.Nullable;

/** The time of the call was up. The server was told to cancel it; whether it ran is not known. */
public final class CallTimeoutException extends RpcException {
  private static final long serialVersionUID = 1L;

  CallTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
