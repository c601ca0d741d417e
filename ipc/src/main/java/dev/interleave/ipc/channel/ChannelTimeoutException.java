// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import org.jspecify.annotations.Nullable;

/**
 * The deadline passed first: there was no room, or no message. Nothing was sent or received, and
 * the channel works on.
 */
public final class ChannelTimeoutException extends ChannelException {
  private static final long serialVersionUID = 1L;

  ChannelTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
