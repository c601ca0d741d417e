// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import org.jspecify.annotations.Nullable;

/**
 * A message that cannot be sent, as it is too long or its coder refuses it, and was not; or one
 * that came and that its coder refuses, which counts as received. The channel works on.
 */
public final class BadMessageException extends ChannelException {
  private static final long serialVersionUID = 1L;

  BadMessageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
