// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import org.jspecify.annotations.Nullable;

/** The client is or got closed. Whether the method ran is not known if the call was under way. */
public final class ClientClosedException extends RpcException {
  private static final long serialVersionUID = 1L;

  ClientClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
