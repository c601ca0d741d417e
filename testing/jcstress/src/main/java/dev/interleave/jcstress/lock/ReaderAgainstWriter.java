// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.BiasedReadWriteLock;
import org.openjdk.jcstress.annotations.Outcome;

/** What a thread may see that reads a {@link GuardedPair} while another writes it. */
@Outcome(id = "0", expect = ACCEPTABLE, desc = "All reads came before the writes.")
@Outcome(id = "1", expect = ACCEPTABLE, desc = "Writes came between the reads.")
@Outcome(id = "2", expect = ACCEPTABLE, desc = "All reads came after a write.")
@Outcome(
    expect = FORBIDDEN,
    desc =
        "A reader saw half a write, or a state older than one it had seen: it was in together with"
            + " the writer, or the writer's stores were not visible when it came in.")
abstract class ReaderAgainstWriter extends GuardedPair {
  ReaderAgainstWriter(BiasedReadWriteLock lock) {
    super(lock);
  }
}
