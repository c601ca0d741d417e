// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Transports against Aeron, bare sockets and Python's pipes, and RPC against gRPC: two processes on
 * two cores, or two threads of one.
 */
@NullMarked
package dev.interleave.bench.ipc;

import org.jspecify.annotations.NullMarked;
