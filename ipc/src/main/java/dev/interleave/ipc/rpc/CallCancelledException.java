// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import org.jspecify.annotations.Nullable;

/**
 * The call was given up, since its thread was interrupted, which it still is. The server was told
 * to cancel it; whether it ran is not known.
 */
public final class CallCancelledException extends RpcException {
  private static final long serialVersionUID = 1L;

  CallCancelledException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
