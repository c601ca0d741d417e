// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.Guard;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.testing.contract.Actor;
import dev.interleave.testing.contract.Actors;
import dev.interleave.testing.contract.Step;
import dev.interleave.testing.contract.ThreadKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

  // ------------------------------------------------------------------ how each lock's wait ends

  /** Who waits for what: each way has code of its own. */
  enum Way {
    READ,
    WRITE,
    LOCK,
    KEY
  }

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final WatchedLock watched = WatchedLock.builder().name("prices").build();
  private final OrderedLockManager<String> keys = OrderedLockManager.natural();

  private Lock wanted(Way way) {
    return switch (way) {
      case READ -> lock.readLock();
      case WRITE -> lock.writeLock();
      case LOCK -> watched;
      case KEY -> keys.lock("prices");
    };
  }

  /** What another thread holds meanwhile. */
  private Lock inTheWay(Way way) {
    return switch (way) {
      case READ -> lock.writeLock();
      case WRITE -> lock.readLock();
      case LOCK, KEY -> wanted(way);
    };
  }

  private long interrupts(Way way) {
    return switch (way) {
      case READ, WRITE -> lock.stats().interrupts();
      case LOCK -> watched.stats().interrupts();
      case KEY -> keys.stats().interrupts();
    };
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptIsOne(Way way) throws Exception {
    List<RecordedEvent> events =
        waitEnds(
            way,
            wait -> {},
            (waiter, waiting) -> {
              waiting.awaitBlocked();
              waiter.interrupt();
              waiting.failure(InterruptedException.class);
            });
    assertOne(events, way, "interrupted");
    assertThat(interrupts(way)).isOne();
  }

  @ParameterizedTest
  @EnumSource
  void oneThatEndsWellIsAnAcquisition(Way way) throws Exception {
    List<RecordedEvent> events =
        whileHeld(
            way,
            (holder, waiter) -> {
              Step<?> waiting = waiter.start(wanted(way)::lock);
              waiting.awaitBlocked();
              holder.run(inTheWay(way)::unlock);
              waiting.result();
              waiter.run(wanted(way)::unlock);
            });
    assertOne(events, way, "acquired");
  }

  @ParameterizedTest
  @EnumSource
  void oneThatTakesTooLongIsTimedOut(Way way) throws Exception {
    List<RecordedEvent> events =
        whileHeld(
            way,
            (holder, waiter) -> {
              assertThat(waiter.ask(() -> wanted(way).tryLock(1, TimeUnit.MILLISECONDS))).isFalse();
              holder.run(inTheWay(way)::unlock);
            });
    assertOne(events, way, "timed out");
  }

  private interface Encounter {
    void of(Actor holder, Actor waiter) throws Exception;
  }

  /** What is recorded of an encounter with a holder that has acquired what is in the way. */
  private List<RecordedEvent> whileHeld(Way way, Encounter encounter) throws Exception {
    return record(
        Duration.ZERO,
        () -> {
          try (Actors actors = new Actors(ThreadKind.PLATFORM, PATIENCE)) {
            Actor holder = actors.actor("holder");
            holder.run(inTheWay(way)::lock);
            encounter.of(holder, actors.actor("waiter"));
          }
        });
  }

  /** By an interrupt, too, but of the detector's: it was called an interrupt like any other. */
  @ParameterizedTest
  @EnumSource
  void oneThatADetectorEndsIsADeadlock(Way way) throws Exception {
    IllegalStateException why = new IllegalStateException("in a ring");
    List<RecordedEvent> events =
        waitEnds(
            way,
            wait -> {
              if (wait.isWaiting()) { // a writer is asked again when it is in others' way
                assertThat(wait.end(why)).isTrue();
              }
            },
            (waiter, waiting) ->
                assertThat(waiting.failure(InterruptedException.class)).hasCause(why));
    assertOne(events, way, "deadlocked");
    assertThat(interrupts(way)).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void oneThatADetectorRefusesIsADeadlock(Way way) throws Exception {
    IllegalStateException why = new IllegalStateException("in a ring");
    assertOne(waitThatThrows(way, why, 1), way, "deadlocked");
  }

  /** A writer is asked again when it begins to be in the way of others. */
  @Test
  void alsoOneThatItRefusesLater() throws Exception {
    IllegalStateException why = new IllegalStateException("in a ring");
    assertOne(waitThatThrows(Way.WRITE, why, 2), Way.WRITE, "deadlocked");
  }

  /** It was called a deadlock. */
  @ParameterizedTest
  @EnumSource
  void anErrorIsAFailure(Way way) throws Exception {
    NoClassDefFoundError why = new NoClassDefFoundError("simulated");
    assertOne(waitThatThrows(way, why, 1), way, "failed");
  }

  @Test
  void alsoOneThatComesLater() throws Exception {
    NoClassDefFoundError why = new NoClassDefFoundError("simulated");
    assertOne(waitThatThrows(Way.WRITE, why, 2), Way.WRITE, "failed");
  }

  private List<RecordedEvent> waitThatThrows(Way way, Throwable why, int look) throws Exception {
    AtomicInteger looks = new AtomicInteger();
    return waitEnds(
        way,
        wait -> {
          if (looks.incrementAndGet() == look) {
            if (why instanceof Error error) {
              throw error;
            }
            throw (RuntimeException) why;
          }
        },
        (waiter, waiting) -> assertThat(waiting.failure(why.getClass())).isSameAs(why));
  }

  private static void assertOne(List<RecordedEvent> events, Way way, String outcome) {
    assertThat(events)
        .singleElement()
        .satisfies(event -> {
          assertThat(event.getString("lock")).contains("prices");
          assertThat(event.getString("mode")).isEqualTo(way == Way.KEY ? "WRITE" : way.name());
          assertThat(event.getString("outcome")).isEqualTo(outcome);
        });
  }

  private interface End {
    void of(Actor waiter, Step<?> waiting) throws Exception;
  }

  /**
   * What a wait leaves in the recording that a detector is asked about, and that ends like this.
   */
  private List<RecordedEvent> waitEnds(Way way, Consumer<Wait> detector, End end) throws Exception {
    Lock held = inTheWay(way);
    return record(
        Duration.ZERO,
        () -> {
          try (Actors actors = new Actors(ThreadKind.PLATFORM, PATIENCE)) {
            Actor waiter = actors.actor("waiter");
            Waits.Inspector inspector =
                wait -> {
                  if (wait.thread() == waiter.thread()) {
                    detector.accept(wait);
                  }
                };
            held.lock();
            try {
              Waits.add(inspector);
              end.of(waiter, waiter.start(wanted(way)::lockInterruptibly));
            } finally {
              Waits.remove(inspector);
              held.unlock();
            }
          }
        });
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
