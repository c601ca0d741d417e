// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lifecycle;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.Deadline;
import dev.interleave.lifecycle.Service;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two threads start a service: one of them does, and the body runs once. */
@JCStressTest
@Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "The first did.")
@Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "The second did.")
@Outcome(expect = FORBIDDEN, desc = "Both or none did, or the body did not run once.")
@State
public class StartAgainstStart {
  private final AtomicInteger ran = new AtomicInteger();
  private final Service service =
      Service.builder(
              "service",
              (stop, ready) -> {
                ran.incrementAndGet();
                ready.run();
              })
          .threads(Thread.ofVirtual().factory())
          .build();

  public StartAgainstStart() {}

  private int start() {
    try {
      service.start();
      return 1;
    } catch (IllegalStateException e) {
      return 0;
    }
  }

  @Actor
  public void first(III_Result r) {
    r.r1 = start();
  }

  @Actor
  public void second(III_Result r) {
    r.r2 = start();
  }

  @Arbiter
  public void end(III_Result r) {
    try {
      service.awaitEnd(Deadline.none());
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts", e);
    }
    r.r3 = ran.get();
  }
}
