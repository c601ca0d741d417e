// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import org.jspecify.annotations.Nullable;

/**
 * There is no further channel: this side, or the other, has as many as it may have, or its name is
 * taken. The others work on.
 */
public final class ChannelRefusedException extends ChannelException {
  private static final long serialVersionUID = 1L;

  ChannelRefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
