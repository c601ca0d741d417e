// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lock.BiasedReadWriteLock;
import org.openjdk.jcstress.annotations.Outcome;

/** What may become of a reader and a writer that try a lock which nobody holds, and keep it. */
@Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The reader got the lock.")
@Outcome(id = "false, true", expect = ACCEPTABLE, desc = "The writer got the lock.")
@Outcome(id = "true, true", expect = FORBIDDEN, desc = "Both are in.")
@Outcome(id = "false, false", expect = FORBIDDEN, desc = "Neither got a lock that nobody held.")
abstract class ReaderOrWriter extends GuardedPair {
  ReaderOrWriter(BiasedReadWriteLock lock) {
    super(lock);
  }
}
