// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * The harness: what shows that a concurrent class is right, or where it hangs.
 *
 * <p>{@link dev.interleave.testing.Stress} lets a few threads loose on a fresh object, over and
 * over, and counts what comes out. {@link dev.interleave.testing.History} records what threads
 * call, and {@link dev.interleave.testing.Linearizability} says whether any order of the calls
 * explains it. {@link dev.interleave.testing.HangDump} prints every thread, virtual ones included,
 * when a test runs into its timeout. {@link dev.interleave.testing.Faults} makes things go wrong,
 * {@link dev.interleave.testing.VirtualTime} lets time pass. {@link
 * dev.interleave.testing.NoThreadLeaks}, {@link dev.interleave.testing.ContextLeaks}, {@link
 * dev.interleave.testing.DeadlockWatch} and {@link dev.interleave.testing.RepeatUntilFailure}
 * extend JUnit. The contract kits are in {@link dev.interleave.testing.contract}.
 */
@NullMarked
package dev.interleave.testing;

import org.jspecify.annotations.NullMarked;
