// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lifecycle;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.lifecycle.Service;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** A service is started while it is stopped: it has stopped, whether it ever ran or not. */
@JCStressTest
@Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "Refused, and not run.")
@Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "Started, and stopped before it ran.")
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "Started, run, and stopped.")
@Outcome(expect = FORBIDDEN, desc = "Run although refused, or not stopped, or failed.")
@State
public class StartAgainstStop {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final AtomicInteger ran = new AtomicInteger();
  private final Service service =
      Service.builder(
              "service",
              (stop, ready) -> {
                ran.incrementAndGet();
                ready.run();
                stop.await();
              })
          .threads(Thread.ofVirtual().factory())
          .build();

  public StartAgainstStop() {}

  @Actor
  public void starts(III_Result r) {
    try {
      service.start();
      r.r1 = 1;
    } catch (IllegalStateException e) {
      r.r1 = 0; // stopped before
    }
  }

  @Actor
  public void stops(III_Result r) {
    r.r3 = service.stop(LONG).isClean() && service.state() == Service.State.STOPPED ? 1 : 0;
  }

  @Arbiter
  public void end(III_Result r) {
    r.r2 = ran.get();
  }
}
