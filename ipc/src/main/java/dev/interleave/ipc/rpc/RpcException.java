// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import org.jspecify.annotations.Nullable;

/**
 * A call did not do what it was to do, for a reason that is not the remote method's own: that is a
 * {@link RemoteException}. Its subclasses are the reasons, and there are no others; each message
 * names the client, the service and the method.
 *
 * <ul>
 *   <li>the server has no such method: {@link UnknownMethodException}
 *   <li>the two sides understand something different by it: {@link ServiceMismatchException}
 *   <li>an argument cannot be sent, or not be read there: {@link BadArgumentException}
 *   <li>so with the result: {@link BadResultException}
 *   <li>there was no room for it, here or there: {@link CallRejectedException}
 *   <li>its time was up: {@link CallTimeoutException}
 *   <li>it was cancelled, or the thread interrupted: {@link CallCancelledException}
 *   <li>the server died or closed: {@link PeerLostException}
 *   <li>this client was closed: {@link ClientClosedException}
 * </ul>
 */
public abstract sealed class RpcException extends RuntimeException
    permits UnknownMethodException,
        ServiceMismatchException,
        BadArgumentException,
        BadResultException,
        CallRejectedException,
        CallTimeoutException,
        CallCancelledException,
        PeerLostException,
        ClientClosedException {
  private static final long serialVersionUID = 1L;

  RpcException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
