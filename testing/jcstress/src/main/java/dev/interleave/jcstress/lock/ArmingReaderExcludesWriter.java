// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lock;

import dev.interleave.lock.BiasedReadWriteLock;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The reader reads so often that it arms the bias in the middle of the race: its bit must not
 * appear while the writer is in or next. Forbidden: half a write, because the bit was set behind
 * the writer's back and let the next read in.
 */
@JCStressTest
@State
public class ArmingReaderExcludesWriter extends ReaderAgainstWriter {
  public ArmingReaderExcludesWriter() {
    super(new BiasedReadWriteLock());
  }

  @Actor
  public void reader(I_Result r) {
    meet();
    r.r1 = readPairs(5 * READS);
  }

  @Actor
  public void writer() {
    meet();
    writePairs(4);
  }
}
