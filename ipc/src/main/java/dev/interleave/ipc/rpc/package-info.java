// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Calls to an object in another thread or process. What there is: {@link
 * dev.interleave.ipc.rpc.Codec}, by which arguments and results become bytes, and {@link
 * dev.interleave.ipc.rpc.RemoteException}, what the other side threw.
 *
 * <p>Planned: {@code RpcServer} and {@code RpcClient}. A call carries its deadline as remaining
 * time, its cancellation reaches the handler, and the death of the peer fails every pending call at
 * once.
 */
@NullMarked
package dev.interleave.ipc.rpc;

import org.jspecify.annotations.NullMarked;
