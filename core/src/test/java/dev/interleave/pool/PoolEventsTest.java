// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.Deadline;
import dev.interleave.testing.NoThreadLeaks;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import dev.interleave.testing.contract.Waiting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jdk.jfr.Enabled;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What recordings get to see, if they ask for it. */
@NoThreadLeaks(ignoring = PoolKind.CLOCKS)
class PoolEventsTest {
  private static final String INCIDENT = "dev.interleave.PoolIncident";
  private static final String WAIT = "dev.interleave.PoolWait";

  private final Recording recording = new Recording();

  @TempDir Path folder;

  @BeforeEach
  void start() {
    recording.enable(INCIDENT);
    recording.enable(WAIT).withoutThreshold();
    recording.start();
  }

  @AfterEach
  void close() {
    recording.close();
  }

  private List<RecordedEvent> events(String type) throws Exception {
    recording.stop();
    Path file = folder.resolve("pool.jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals(type))
        .toList();
  }

  private static String incident(RecordedEvent event) {
    return event.getString("pool")
        + ": "
        + event.getString("kind")
        + ' '
        + event.getString("task")
        + ", "
        + event.getString("detail");
  }

  @Test
  void everyKindOfIncidentIsRecorded() throws Exception {
    Told told = new Told();
    MonitoredPool pool =
        MonitoredPool.builder("jobs")
            .threads(1, 1)
            .queueCapacity(1)
            .listener(told)
            .stuckAfter(Duration.ofMillis(1))
            .build();
    Blocker running = Blocker.in(pool);
    String stuck = told.nextStuck().task();
    CompletableFuture<String> late =
        pool.submit("late", () -> "never", Deadline.after(Duration.ofMillis(1)));
    assertThatExceptionOfType(ExecutionException.class).isThrownBy(late::get);
    assertThat(told.next()).isEqualTo("timed out late, not begun");
    CompletableFuture<String> waits = pool.submit(() -> "waits");
    assertThatExceptionOfType(RejectedExecutionException.class)
        .isThrownBy(() -> pool.submit("refused", () -> "no", Deadline.none()));
    running.letGo();
    assertThat(waits.get()).isEqualTo("waits");
    CompletableFuture<String> starved =
        pool.submit("outer", () -> pool.submit(() -> "never").get(), Deadline.none());
    assertThatExceptionOfType(ExecutionException.class).isThrownBy(starved::get);
    Waiting.until(() -> pool.stats().queued() == 0, Blocker.PATIENCE, pool::toString);
    pool.execute(() -> {
      throw new IllegalStateException("expected in the log");
    });
    pool.close();
    MonitoredPool broken =
        MonitoredPool.builder("broken")
            .initializer(() -> {
              throw new IllegalStateException("no database");
            })
            .build();
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> broken.submit(() -> "never").get());
    assertThat(broken.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    List<String> recorded = events(INCIDENT).stream().map(PoolEventsTest::incident).toList();
    assertThat(recorded)
        .anyMatch(line -> line.startsWith("jobs: stuck " + stuck + ", "))
        .contains("jobs: timed out late, not run, as its deadline passed while it waited")
        .contains("jobs: rejected refused, Pool jobs is full: 1 threads are busy, and 1 tasks wait")
        .anyMatch(line -> line.startsWith("jobs: starved outer, A task of pool jobs would wait"))
        .anyMatch(line -> line.startsWith("jobs: failed ") && line.contains("expected in the log"))
        .contains("broken: broken , java.lang.IllegalStateException: no database");
  }

  @Test
  void waitsForResultsAndPlacesAreRecorded() throws Exception {
    try (MonitoredPool pool =
            MonitoredPool.builder("jobs")
                .threads(1, 1)
                .queueCapacity(1)
                .rejection(Rejection.BLOCK, Blocker.PATIENCE)
                .build();
        Actors actors = new Actors(ThreadKind.PLATFORM, Blocker.PATIENCE)) {
      Blocker running = Blocker.in(pool);
      CompletableFuture<String> queued = pool.submit("queued", () -> "done", Deadline.none());
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> queued.get(1, TimeUnit.MILLISECONDS));
      Actor client = actors.actor("client");
      Step<String> get = client.startCall(queued::get);
      get.awaitBlocked();
      Actor submitter = actors.actor("submitter");
      Step<CompletableFuture<String>> place = submitter.startCall(() -> pool.submit(() -> "in"));
      place.awaitBlocked();
      running.letGo();
      assertThat(get.result()).isEqualTo("done");
      assertThat(place.result().get()).isEqualTo("in");
      List<String> recorded = new ArrayList<>();
      for (RecordedEvent event : events(WAIT)) {
        assertThat(event.getDuration()).isPositive();
        recorded.add(
            event.getString("pool")
                + ": "
                + event.getString("what")
                + ' '
                + event.getString("outcome"));
      }
      assertThat(recorded)
          .contains("jobs: queued timed out", "jobs: queued done", "jobs: a place done");
    }
  }

  /** Without a word about them in its settings, a recording does not get them. */
  @Test
  void bothAreOffUnlessAskedFor() {
    assertThat(PoolIncidentEvent.class.getAnnotation(Enabled.class).value()).isFalse();
    assertThat(PoolWaitEvent.class.getAnnotation(Enabled.class).value()).isFalse();
  }
}
