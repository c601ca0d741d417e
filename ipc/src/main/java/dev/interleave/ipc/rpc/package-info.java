// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Calls to an object in another thread or process: {@link dev.interleave.ipc.rpc.RpcServer} serves
 * it, {@link dev.interleave.ipc.rpc.RpcClient} calls it, by a {@link dev.interleave.ipc.rpc.Codec}
 * arguments and results become bytes, and a {@link dev.interleave.ipc.rpc.RemoteException} is what
 * the other side threw.
 *
 * <p>A call carries its deadline as remaining time, its cancellation reaches the handler, and the
 * death of the peer fails every pending call at once.
 */
@NullMarked
package dev.interleave.ipc.rpc;

import org.jspecify.annotations.NullMarked;
