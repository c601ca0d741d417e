// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The fallback path: the reader comes in by the counter of the state word, leaves by it, and wakes
 * the writer that waits for the count to become 0. Forbidden: half a write, since a writer is in
 * only after a compare-and-set from a state without readers.
 */
@JCStressTest
@State
public class CountedReaderExcludesWriter extends ReaderAgainstWriter {
  public CountedReaderExcludesWriter() {
    super(counting());
  }

  @Actor
  public void reader(I_Result r) {
    meet();
    r.r1 = readPairs(READS);
  }

  @Actor
  public void writer() {
    meet();
    writePairs(1);
  }
}
