// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * As {@link BiasedReaderExcludesWriter}, under the preference that never gives the bias back and
 * sends whoever arrives to the queue.
 */
@JCStressTest
@State
public class BiasedReaderExcludesWriterFair extends ReaderAgainstWriter {
  public BiasedReaderExcludesWriterFair() {
    super(armed(Preference.FAIR));
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
