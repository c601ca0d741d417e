// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Who waits for what, held by whom, since when; and what to do when nobody can go on.
 *
 * <p>{@link dev.interleave.diagnose.Waits} is the one registry of blocked calls. A call registers
 * only when it is about to park, with the {@link dev.interleave.diagnose.Resource} that it waits
 * for; the resource answers who could release it when it is asked.
 */
@NullMarked
package dev.interleave.diagnose;

import org.jspecify.annotations.NullMarked;
