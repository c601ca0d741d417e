// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.jcstress.lifecycle;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.interleave.StopReport;
import dev.interleave.lifecycle.Service;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two threads stop a service: both get the same report, and the body has ended by itself. */
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The same report, and it has ended by itself.")
@Outcome(expect = FORBIDDEN, desc = "Two reports, or it was interrupted or abandoned.")
@State
public class TwoStoppersOneReport {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final Service service =
      Service.builder(
              "service",
              (stop, ready) -> {
                ready.run();
                stop.await();
              })
          .threads(Thread.ofVirtual().factory())
          .build();

  private @Nullable StopReport first;
  private @Nullable StopReport second;

  public TwoStoppersOneReport() {
    service.start();
  }

  @Actor
  public void first() {
    first = service.stop(LONG);
  }

  @Actor
  public void second() {
    second = service.stop(LONG);
  }

  @Arbiter
  @SuppressWarnings("ReferenceEquality") // the same one
  public void end(II_Result r) {
    r.r1 = first == second ? 1 : 0;
    r.r2 = (int) Objects.requireNonNull(first).drained();
  }
}
