// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A transport could not do what it was asked to. Its subclasses are the reasons, and there are no
 * others: each message names the connection or the address.
 *
 * <ul>
 *   <li>the time was up: {@link TransportTimeoutException}, after which the connection works on
 *   <li>this side has closed: {@link TransportClosedException}
 *   <li>the other side has closed, in order: {@link PeerClosedException}
 *   <li>the other side has ended without a word: {@link PeerDiedException}
 *   <li>a frame is longer than agreed: {@link FrameTooLargeException}; if it was to be sent here,
 *       the connection works on
 *   <li>what arrived is no frame: {@link CorruptFrameException}
 *   <li>the two sides do not fit: {@link HandshakeException}
 *   <li>nobody listens: {@link NoListenerException}
 *   <li>somebody else listens already: {@link AddressInUseException}
 *   <li>the system refused, for want of rights, files or memory: {@link TransportFailedException}
 * </ul>
 *
 * <p>It is checked, as I/O is: the other side may go at any moment, whatever this side does.
 */
public abstract sealed class TransportException extends IOException
    permits TransportTimeoutException,
        TransportClosedException,
        PeerClosedException,
        PeerDiedException,
        FrameTooLargeException,
        CorruptFrameException,
        HandshakeException,
        NoListenerException,
        AddressInUseException,
        TransportFailedException {
  private static final long serialVersionUID = 1L;

  TransportException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
