// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * What belongs to a request and not to a thread: tenant, user, trace, logging fields, transaction.
 *
 * <p>A {@link dev.interleave.context.ContextLocal} names one such value; a {@link
 * dev.interleave.context.Context} is an immutable set of them, which is current for the time of a
 * call and goes with a task to whatever thread runs it: by a wrapped task, a wrapped executor or a
 * {@link dev.interleave.context.ContextFuture}. The guide is {@code docs/context.md}.
 */
@NullMarked
package dev.interleave.context;

import org.jspecify.annotations.NullMarked;
