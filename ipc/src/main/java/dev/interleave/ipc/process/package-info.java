// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Worker processes and those who look after them. No type lives here yet.
 *
 * <p>Planned: {@code WorkerProcess}, {@code ProcessSupervisor} and {@code ProcessPool}, an executor
 * whose workers are processes.
 */
@NullMarked
package dev.interleave.ipc.process;

import org.jspecify.annotations.NullMarked;
