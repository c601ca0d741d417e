// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import org.jspecify.annotations.Nullable;

/**
 * An argument cannot be encoded or is too large for a frame, or the server could not decode it. The
 * method did not run.
 */
public final class BadArgumentException extends RpcException {
  private static final long serialVersionUID = 1L;

  BadArgumentException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
