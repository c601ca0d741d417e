// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

/**
 * One actor of a stress run.
 *
 * @param returns whether what the body returns belongs to the outcome; if not, it is null
 */
record StressActor<S>(String name, boolean returns, Stress.Call<? super S> body) {}
