// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0

/**
 * Structured tasks, limits, resources and streams. No type lives here yet.
 *
 * <p>Planned: {@code TaskScope} and {@code Joiner}, in the shape of the structured task scope of
 * JDK 25 but without its preview flag; {@code Parallel}, {@code Retry}, {@code RateLimiter}, {@code
 * AdaptiveLimit} and {@code LoadBalancer} around calls; {@code ResourceScope} and {@code
 * ResourcePool}; {@code EventLoop}; {@code AsyncStream}; {@code Subprocess}.
 */
@NullMarked
package dev.interleave.async;

import org.jspecify.annotations.NullMarked;
