// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * As {@link BiasedReaderExcludesWriter}, under the preference that lets readers in by the counter
 * while a writer waits for the slots. Forbidden as there: the writer goes in only from a state in
 * which nobody was counted since it last looked.
 */
@JCStressTest
@State
public class BiasedReaderExcludesWriterReaders extends ReaderAgainstWriter {
  public BiasedReaderExcludesWriterReaders() {
    super(armed(Preference.READERS));
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
