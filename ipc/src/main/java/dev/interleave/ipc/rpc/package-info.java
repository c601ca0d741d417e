// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Calls to an object in another thread or process. No type lives here yet.
 *
 * <p>Planned: {@code RpcServer}, {@code RpcClient}, {@code Codec} and {@code RemoteException}. A
 * call carries its deadline as remaining time, its cancellation reaches the handler, and the death
 * of the peer fails every pending call at once.
 */
@NullMarked
package dev.interleave.ipc.rpc;

import org.jspecify.annotations.NullMarked;
