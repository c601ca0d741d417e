// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * After many reads the writer gives the bias back when it leaves, and takes it away again at once
 * for its next write. A reader that took its slot during the first write finds its bit set and is
 * in: the second write has to wait for it. Forbidden: half a write, which a bias given back before
 * the writer was done, or not taken away again, would show.
 */
@JCStressTest
@State
public class RearmingWriterExcludesReader extends ReaderAgainstWriter {
  public RearmingWriterExcludesReader() {
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
    writePairs(3);
  }
}
