// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A channel could not do what it was asked to. Its subclasses are the reasons, and there are no
 * others; each message names the channel. What led to it, such as an exception of the transport, is
 * the cause, as it was.
 *
 * <ul>
 *   <li>the time was up: {@link ChannelTimeoutException}, after which the channel works on
 *   <li>this side has closed: {@link ChannelClosedException}
 *   <li>the other side receives no more, as it said: {@link BrokenChannelException}
 *   <li>the other side is gone, or did what it must not: {@link ChannelFailedException}
 *   <li>a message is no message of that type, or too long: {@link BadMessageException}, after which
 *       the channel works on
 *   <li>the other side takes no further channel, or a name is taken: {@link
 *       ChannelRefusedException}
 *   <li>a mailbox is full, and nobody is to wait for it: {@link MailboxFullException}
 * </ul>
 *
 * <p>It is checked, as {@link dev.interleave.ipc.transport.TransportException} is: the other side
 * may go at any moment, whatever this side does.
 */
public abstract sealed class ChannelException extends IOException
    permits ChannelTimeoutException,
        ChannelClosedException,
        BrokenChannelException,
        ChannelFailedException,
        BadMessageException,
        ChannelRefusedException,
        MailboxFullException {
  private static final long serialVersionUID = 1L;

  ChannelException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
