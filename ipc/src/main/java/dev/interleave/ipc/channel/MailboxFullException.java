// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import org.jspecify.annotations.Nullable;

/**
 * A mailbox of a {@link Router} has no room, and its owner wants that to be an error of the
 * sender's. Nobody got the letter.
 */
public final class MailboxFullException extends ChannelException {
  private static final long serialVersionUID = 1L;

  MailboxFullException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
