// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import org.jspecify.annotations.Nullable;

/**
 * The two sides speak different versions of the protocol, use different codecs, or understand
 * different types by the same method. The message shows both.
 */
public final class ServiceMismatchException extends RpcException {
  private static final long serialVersionUID = 1L;

  ServiceMismatchException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
