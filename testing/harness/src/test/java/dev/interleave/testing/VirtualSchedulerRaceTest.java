// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What holds while one thread advances and another schedules, cancels, shuts down or asks. */
@SuppressWarnings("FutureReturnValueIgnored") // how the tasks end is seen otherwise
class VirtualSchedulerRaceTest {
  private static final Duration TIME =
      Duration.ofMillis(Boolean.getBoolean("interleave.thorough") ? 10_000 : 1_000);

  @Test
  void taskIsEitherRunOrReturnedByShutdownNow() throws Exception {
    Stress.on(Subject::new)
        .setup(subject -> subject.time.scheduler().execute(() -> subject.runs++))
        .actor("advance", subject -> subject.time.advance(Duration.ZERO))
        .actorReturning("shutdownNow", subject -> subject.time.scheduler().shutdownNow().size())
        .arbiter(subject -> subject.runs)
        .expect(List.of(0, 1), "run")
        .expect(List.of(1, 0), "dropped")
        .seed(17)
        .run(TIME)
        .assertHolds();
  }

  @Test
  void taskThatIsRejectedIsNotRun() throws Exception {
    Stress.on(Subject::new)
        .actor("schedule", subject -> subject.scheduleUntilRejected(false))
        .actor(
            "shut down",
            subject -> {
              subject.time.advance(Duration.ZERO);
              subject.time.scheduler().shutdown();
              subject.time.advance(Duration.ZERO);
            })
        .arbiter(subject -> {
          subject.time.advance(Duration.ZERO);
          return subject.runs - subject.accepted;
        })
        .expect(0, "all that were accepted were run, and no other")
        .seed(17)
        .run(TIME)
        .assertHolds();
  }

  @Test
  void terminatedSchedulerStaysSo() throws Exception {
    Stress.on(Subject::new)
        .actor("schedule", subject -> subject.scheduleUntilRejected(true))
        .actorReturning(
            "shut down",
            subject -> {
              ScheduledExecutorService scheduler = subject.time.scheduler();
              scheduler.shutdown();
              boolean terminated = false;
              boolean otherwise = false;
              for (int i = 0; i < 20; i++) {
                otherwise |= terminated && !scheduler.isTerminated();
                terminated = scheduler.isTerminated();
              }
              return otherwise;
            })
        .expect(false, "stays as it was, or terminates")
        .seed(17)
        .run(TIME)
        .assertHolds();
  }

  @Test
  void cancelledPeriodicTaskNoLongerWaits() throws Exception {
    Stress.on(Subject::new)
        .setup(Subject::startPeriodic)
        .actor("advance", subject -> subject.time.advance(Duration.ofNanos(2)))
        .actor("cancel", subject -> subject.periodic().cancel(false))
        .arbiter(subject -> subject.time.pending())
        .expect(0, "none waits")
        .seed(17)
        .run(TIME)
        .assertHolds();
  }

  @Test
  void periodicTaskIsNeverOverdue() throws Exception {
    Stress.on(Subject::new)
        .setup(Subject::startPeriodic)
        .actor("advance", subject -> subject.time.advance(Duration.ofNanos(20)))
        .actorReturning(
            "ask",
            subject -> {
              boolean overdue = false;
              for (int i = 0; i < 20; i++) {
                overdue |= subject.periodic().getDelay(TimeUnit.NANOSECONDS) < 0;
              }
              return overdue;
            })
        .expect(false, "its time is now, or to come")
        .seed(17)
        .run(TIME)
        .assertHolds();
  }

  /** A time, and how many tasks it has run, one after the other. */
  private static final class Subject {
    private final VirtualTime time = VirtualTime.create();
    private @Nullable ScheduledFuture<?> periodic;
    private int runs;
    private int accepted;

    void scheduleUntilRejected(boolean cancel) {
      try {
        while (accepted < 100) {
          Future<?> task = time.scheduler().schedule(() -> runs++, 0, TimeUnit.NANOSECONDS);
          accepted++;
          if (cancel) {
            task.cancel(false);
          }
        }
      } catch (RejectedExecutionException e) {
        // which is what it waits for
      }
    }

    void startPeriodic() {
      periodic = time.scheduler().scheduleAtFixedRate(() -> runs++, 1, 1, TimeUnit.NANOSECONDS);
    }

    ScheduledFuture<?> periodic() {
      if (periodic == null) {
        throw new IllegalStateException("not started");
      }
      return periodic;
    }
  }
}
