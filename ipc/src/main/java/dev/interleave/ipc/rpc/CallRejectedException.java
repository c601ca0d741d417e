// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import org.jspecify.annotations.Nullable;

/**
 * There was no room for the call: too many are pending in this client, the server's queue or the
 * method's limit is full, or the server is closing. It did not run, and may be tried again later.
 */
public final class CallRejectedException extends RpcException {
  private static final long serialVersionUID = 1L;

  CallRejectedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
