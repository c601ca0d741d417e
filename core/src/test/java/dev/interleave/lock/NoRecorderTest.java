// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Lock;
import jdk.jfr.FlightRecorder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * To start the flight recorder takes 200 ms, which a writer once spent while others waited. Who
 * waits does not start it, in a JVM where nobody else does.
 */
@Tag("kit")
class NoRecorderTest {
  private static final String PASSED = "passed";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void waitingDoesNotStartTheFlightRecorder(@TempDir Path folder) throws Exception {
    assertThat(OtherJvm.run(NoRecorderTest.class, folder, List.of())).contains(PASSED);
  }

  /**
   * The program.
   *
   * @param args none
   */
  public static void main(String[] args) throws Exception {
    BiasedReadWriteLock lock = new BiasedReadWriteLock();
    for (ThreadKind kind : ThreadKind.values()) {
      try (Actors actors = new Actors(kind, PATIENCE)) {
        waitFor(lock.readLock(), lock.writeLock(), actors);
        waitFor(lock.writeLock(), lock.readLock(), actors);
        WatchedLock watched = new WatchedLock();
        waitFor(watched, watched, actors);
      }
    }
    assertThat(lock.stats().writeWaits()).isEqualTo(2);
    assertThat(lock.stats().readWaits()).isEqualTo(2);
    assertThat(FlightRecorder.isInitialized()).isFalse();
    System.out.println(PASSED);
  }

  @SuppressWarnings("LockNotBeforeTry") // whatever fails ends the program
  private static void waitFor(Lock held, Lock wanted, Actors actors) throws Exception {
    held.lock();
    Step<?> step =
        actors
            .actor("waiter")
            .start(() -> {
              wanted.lock();
              wanted.unlock();
            });
    step.awaitBlocked();
    held.unlock();
    step.result();
  }
}
