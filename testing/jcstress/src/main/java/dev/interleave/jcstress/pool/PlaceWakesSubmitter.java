// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.pool;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.pool.MonitoredPool;
import dev.interleave.pool.Rejection;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Two threads submit more than a full pool has room for, and wait for places: whoever waits when a
 * place becomes free gets it.
 */
@JCStressTest
@Outcome(id = "6", expect = ACCEPTABLE, desc = "All were accepted, and ran.")
@Outcome(expect = FORBIDDEN, desc = "A task was lost.")
@State
public class PlaceWakesSubmitter extends Pools {
  public PlaceWakesSubmitter() {
    super(
        MonitoredPool.builder("jobs")
            .virtual(1)
            .queueCapacity(1)
            .rejection(Rejection.BLOCK, Duration.ofDays(1))
            .build());
  }

  @Actor
  public void submitsThree() {
    three();
  }

  @Actor
  public void submitsThreeMore() {
    three();
  }

  private void three() {
    for (int i = 0; i < 3; i++) {
      pool.execute(runs::incrementAndGet);
    }
  }

  @Arbiter
  public void count(I_Result r) {
    pool.close();
    r.r1 = runs.get();
  }
}
