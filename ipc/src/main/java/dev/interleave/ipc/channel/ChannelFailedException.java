// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import org.jspecify.annotations.Nullable;

/**
 * The channel has ended without a word from the other side: its process died, the connection broke
 * and could not be made again in time, or what came was not what may come. What had arrived whole
 * and in order before has been received.
 */
public final class ChannelFailedException extends ChannelException {
  private static final long serialVersionUID = 1L;

  ChannelFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
