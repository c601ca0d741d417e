// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Threads, services and whole applications that start in order, say how they are, and stop in
 * bounded time.
 *
 * <p>{@link dev.interleave.lifecycle.StopToken} asks to stop; {@link
 * dev.interleave.lifecycle.Threads} makes threads whose failures are heard; {@link
 * dev.interleave.lifecycle.Service} is a thread with a state, {@link
 * dev.interleave.lifecycle.PeriodicService} one that does something again and again, {@link
 * dev.interleave.lifecycle.ServiceGroup} several that depend on one another; {@link
 * dev.interleave.lifecycle.ShutdownCoordinator} ends all of it. The guide is {@code
 * docs/lifecycle.md}.
 */
@NullMarked
package dev.interleave.lifecycle;

import org.jspecify.annotations.NullMarked;
