// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import org.jspecify.annotations.Nullable;

/**
 * The other side has closed its end, in order: it receives no more. What it had sent before can
 * still be received.
 */
public final class BrokenChannelException extends ChannelException {
  private static final long serialVersionUID = 1L;

  BrokenChannelException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
