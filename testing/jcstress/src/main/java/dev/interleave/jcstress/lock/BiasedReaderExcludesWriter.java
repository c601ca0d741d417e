// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The heart of the protocol: the reader takes its slot and then looks at its bit, the writer clears
 * the bit and then looks at the slot. Forbidden: half a write, because then each has missed the
 * other's store although both looked after they stored.
 */
@JCStressTest
@State
public class BiasedReaderExcludesWriter extends ReaderAgainstWriter {
  public BiasedReaderExcludesWriter() {
    super(armed(Preference.WRITERS));
  }

  @Actor
  public void reader(I_Result r) {
    takeSlot();
    meet();
    r.r1 = readPairs(READS);
  }

  @Actor
  public void writer() {
    meet();
    writePairs(1);
  }
}
