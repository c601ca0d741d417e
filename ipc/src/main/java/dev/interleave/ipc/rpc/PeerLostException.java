// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import org.jspecify.annotations.Nullable;

/**
 * The connection to the server ended before the reply came: the server died, closed, or broke the
 * protocol. The message and the cause say which.
 */
public final class PeerLostException extends RpcException {
  private static final long serialVersionUID = 1L;

  private final boolean mayHaveRun;

  PeerLostException(String message, @Nullable Throwable cause, boolean mayHaveRun) {
    super(message, cause);
    this.mayHaveRun = mayHaveRun;
  }

  /** Whether the method may have run: false only if the request was certainly not sent. */
  public boolean mayHaveRun() {
    return mayHaveRun;
  }
}
