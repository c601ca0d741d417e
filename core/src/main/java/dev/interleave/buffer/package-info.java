// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Bounded queues between threads that close properly and tell what happens in them.
 *
 * <p>{@link dev.interleave.buffer.BoundedBuffer} is a {@link java.util.concurrent.BlockingQueue}:
 * first in first out, last in first out or by priority. {@link dev.interleave.buffer.ElasticBuffer}
 * is one whose bound follows the load. Their guide is {@code docs/buffer.md}.
 */
@NullMarked
package dev.interleave.buffer;

import org.jspecify.annotations.NullMarked;
