// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Waits as the flight recorder sees them. */
class LockWaitEventTest {
  private static final Duration HELD = Duration.ofMillis(20);

  private final BiasedReadWriteLock lock = BiasedReadWriteLock.builder().name("prices").build();

  @TempDir private Path folder;

  /** An event that was not ended before it was asked has no duration, and fails every threshold. */
  @Test
  void aWaitLongerThanTheThresholdIsRecorded() throws Exception {
    assertThat(waitUnder(Duration.ofMillis(10)))
        .singleElement()
        .satisfies(event -> {
          assertThat(event.getDuration()).isGreaterThanOrEqualTo(Duration.ofMillis(10));
          assertThat(event.getString("lock")).isEqualTo("prices");
          assertThat(event.getString("mode")).isEqualTo("WRITE");
          assertThat(event.getString("outcome")).isEqualTo("acquired");
        });
  }

  @Test
  void aShorterOneIsNot() throws Exception {
    assertThat(waitUnder(Duration.ofHours(1))).isEmpty();
  }

  @Test
  void aWaitThatTimesOutSaysSo() throws Exception {
    assertThat(
            record(
                Duration.ZERO,
                () -> {
                  FutureTask<Boolean> writer =
                      new FutureTask<>(() -> {
                        try (Guard g = lock.write(Deadline.after(Duration.ofSeconds(1)))) {
                          return true;
                        } catch (LockTimeoutException e) {
                          return false;
                        }
                      });
                  try (var g = lock.read()) {
                    Thread.ofVirtual().start(writer);
                    assertThat(writer.get()).isFalse();
                  }
                }))
        .singleElement()
        .satisfies(event -> assertThat(event.getString("outcome")).isEqualTo("timed out"));
  }

  private interface Action {
    void run() throws Exception;
  }

  /** What a writer that waits for at least {@link #HELD} leaves in the recording. */
  private List<RecordedEvent> waitUnder(Duration threshold) throws Exception {
    return record(
        threshold,
        () -> {
          FutureTask<Boolean> writer =
              new FutureTask<>(() -> {
                try (Guard g = lock.write()) {
                  return true;
                }
              });
          try (var g = lock.read()) {
            Thread.ofVirtual().start(writer);
            while (lock.stats().waitingWriters() == 0) {
              Thread.onSpinWait();
            }
            Thread.sleep(HELD);
          }
          assertThat(writer.get()).isTrue();
        });
  }

  private List<RecordedEvent> record(Duration threshold, Action action) throws Exception {
    Path file = folder.resolve("waits.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("dev.interleave.LockWait").withThreshold(threshold);
      recording.start();
      action.run();
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    Files.delete(file);
    return events.stream()
        .filter(event -> event.getEventType().getName().equals("dev.interleave.LockWait"))
        .toList();
  }
}
