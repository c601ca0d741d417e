// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZII_Result;

/**
 * The release of a counted read is a compare-and-set on the state, which the writer's own follows.
 */
@JCStressTest
@State
public class CountedReleaseReachesWriter extends ReleaseReachesWriter {
  public CountedReleaseReachesWriter() {
    super(counting());
  }

  @Actor
  public void reader(ZII_Result r) {
    meet();
    r.r1 = readAndStore();
  }

  @Actor
  public void writer(ZII_Result r) {
    meet();
    write(r);
  }
}
