// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Contract kits: subclass one, hand over a factory, and every promise of the interface is tested.
 *
 * <p>{@link dev.interleave.testing.contract.LockContract} tests a {@link
 * java.util.concurrent.locks.Lock}, {@link dev.interleave.testing.contract.ReadWriteLockContract} a
 * {@link java.util.concurrent.locks.ReadWriteLock}, {@link
 * dev.interleave.testing.contract.BlockingQueueContract} a {@link
 * java.util.concurrent.BlockingQueue}, {@link
 * dev.interleave.testing.contract.ExecutorServiceContract} an {@link
 * java.util.concurrent.ExecutorService}, and {@link dev.interleave.testing.contract.ScopeContract}
 * a structured scope. Where implementations may rightly differ, a kit has a capability method with
 * a documented default; a test whose capability is switched off is reported as aborted, never as
 * passed.
 *
 * <p>Every contract test runs once on platform and once on virtual threads ({@link
 * dev.interleave.testing.contract.ThreadKind}). No test takes a sleep for a proof: {@link
 * dev.interleave.testing.contract.Actors} gives each part of a scenario its own thread and makes it
 * do one {@linkplain dev.interleave.testing.contract.Step step} at a time; whether a thread is
 * blocked is read from its state ({@link dev.interleave.testing.contract.Waiting}); and every wait
 * of the test itself ends after the kit's patience, with the stacks of all the actors.
 */
@NullMarked
package dev.interleave.testing.contract;

import org.jspecify.annotations.NullMarked;
