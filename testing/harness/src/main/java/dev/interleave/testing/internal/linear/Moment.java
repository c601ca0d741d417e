// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing.internal.linear;

/**
 * A call takes effect: just before a return, and after all the moments listed before this one.
 *
 * @param call the call
 * @param before which return, counted from 0
 */
public record Moment(int call, int before) {}
