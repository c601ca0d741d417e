// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock.Preference;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZII_Result;

/**
 * The release of a biased read is a release store to the slot, which the writer reads before it is
 * in.
 */
@JCStressTest
@State
public class BiasedReleaseReachesWriter extends ReleaseReachesWriter {
  public BiasedReleaseReachesWriter() {
    super(armed(Preference.WRITERS));
  }

  @Actor
  public void reader(ZII_Result r) {
    takeSlot();
    meet();
    r.r1 = readAndStore();
  }

  @Actor
  public void writer(ZII_Result r) {
    meet();
    write(r);
  }
}
