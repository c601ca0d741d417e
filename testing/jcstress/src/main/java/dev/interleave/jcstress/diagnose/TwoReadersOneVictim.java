// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.diagnose;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.diagnose.DeadlockDetector;
import dev.interleave.diagnose.DeadlockException;
import dev.interleave.lock.BiasedReadWriteLock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Each of two threads reads what the other one wants to write. */
@JCStressTest
@Outcome(
    id = {"1, 0", "0, 1"},
    expect = ACCEPTABLE,
    desc = "One is refused, stops reading, and the other one writes.")
@Outcome(id = "1, 1", expect = FORBIDDEN, desc = "Two victims where one is enough.")
@Outcome(expect = FORBIDDEN, desc = "Both wrote: one of them beside a reader.")
@State
public class TwoReadersOneVictim {
  /** Sees all blocked calls, also those for locks that are not its own. */
  static final DeadlockDetector DETECTOR =
      DeadlockDetector.builder().period(Duration.ZERO).build(); // nothing helps later

  private final BiasedReadWriteLock a = new BiasedReadWriteLock();
  private final BiasedReadWriteLock b = new BiasedReadWriteLock();
  private final AtomicInteger reading = new AtomicInteger();

  public TwoReadersOneVictim() {}

  @Actor
  public void ab(II_Result r) {
    r.r1 = readAndWrite(a, b);
  }

  @Actor
  public void ba(II_Result r) {
    r.r2 = readAndWrite(b, a);
  }

  private int readAndWrite(BiasedReadWriteLock first, BiasedReadWriteLock second) {
    try (var reading = first.read()) {
      this.reading.incrementAndGet();
      while (this.reading.get() < 2) {
        Thread.onSpinWait();
      }
      second.write().close();
      return 0;
    } catch (DeadlockException e) {
      return 1;
    }
  }
}
