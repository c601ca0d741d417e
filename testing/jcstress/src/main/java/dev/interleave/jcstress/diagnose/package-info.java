// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Races on the wait graph and the deadlock detector. Two threads race in each; a deadlock that goes
 * unseen is a test that does not end, which jcstress reports as a timeout.
 *
 * <p>The detectors are shared by all rounds of a test, as they are shared by all locks of a
 * program: a detector for each would have to be taken out of the registry again.
 */
@NullMarked
package dev.interleave.jcstress.diagnose;

import org.jspecify.annotations.NullMarked;
