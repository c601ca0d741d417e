// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.diagnose.DeadlockDetector.OnDeadlock;
import dev.interleave.diagnose.Knot.Part;
import dev.interleave.diagnose.Knot.Threads;
import dev.interleave.lock.WatchedLock;
import dev.interleave.testing.internal.RegisteredDiagnosis;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the report says of a deadlock that stays. */
class DiagnosisTest {
  @TempDir private Path folder;

  /** Looks while two threads are deadlocked. */
  @FunctionalInterface
  private interface Look {
    void look(Knot knot) throws Exception;
  }

  private static void during(Threads kind, Look look) throws Exception {
    try (DeadlockDetector detector =
        DeadlockDetector.builder().onDeadlock(OnDeadlock.REPORT).acquisitionSites(1).build()) {
      WatchedLock a = detector.lock("left \"A\"");
      WatchedLock b = detector.lock("right");
      Knot knot = new Knot(kind, List.of(part(a, b), part(b, a))).tie();
      try {
        Eventually.eventually(() -> detector.scan().size() == 1);
        Eventually.eventually(() -> detector.found() == 1);
        look.look(knot);
      } finally {
        knot.threads.getFirst().interrupt();
        for (Thread thread : knot.threads) {
          assertThat(thread.join(Knot.PATIENCE)).isTrue();
        }
      }
    }
  }

  private static Part part(WatchedLock first, WatchedLock second) {
    return new Part(() -> first.lock(Deadline.none()), () -> second.lock(Deadline.none()));
  }

  @ParameterizedTest
  @EnumSource
  void textNamesEverything(Threads kind) throws Exception {
    during(
        kind,
        knot -> {
          String text = Diagnosis.report().toString();
          assertThat(text)
              .contains("2 calls are blocked", "Deadlock of 2 threads")
              .contains("\"knot-0\"", "\"knot-1\"", "waits for lock right (LOCK), held for LOCK by")
              .contains("acquired by", "at dev.interleave.lock.WatchedLock.lock(")
              .contains("Who holds what others wait for", "lock left \"A\" (LOCK)");
        });
  }

  /** Neither of one that was refused nor of one that is parked the frames of those who look. */
  @ParameterizedTest
  @EnumSource
  void stacksBeginWhereTheThreadsWait(Threads kind) throws Exception {
    try (DeadlockDetector detector = DeadlockDetector.create()) {
      WatchedLock a = detector.lock("a");
      WatchedLock b = detector.lock("b");
      Knot knot = new Knot(kind, List.of(part(a, b), part(b, a))).tie().untied();
      Deadlock deadlock = knot.onlyVictims();
      DeadlockException refusal = knot.refused.element(); // it had not parked
      assertThat(refusal.getStackTrace()[0].getClassName()).endsWith(".WatchedSync");
      assertThat(deadlock.threads())
          .anySatisfy(blocked ->
              assertThat(blocked.stack().getFirst().getClassName()).endsWith(".WatchedSync"))
          .allSatisfy(blocked ->
              assertThat(blocked.stack().toString())
                  .contains("dev.interleave.lock.WatchedLock.lock("));
      assertThat(deadlock.toString()).doesNotContain(LOOKING);
    }
  }

  /** A listener runs in the thread that is about to wait, and reports that. */
  @ParameterizedTest
  @EnumSource
  void stackOfOneThatReportsBeginsWhereItWaits(Threads kind) throws Exception {
    AtomicReference<Diagnosis.Report> report = new AtomicReference<>();
    try (DeadlockDetector detector =
        DeadlockDetector.builder()
            .onDeadlock(OnDeadlock.REPORT)
            .listener(deadlock -> report.set(Diagnosis.report()))
            .build()) {
      WatchedLock a = detector.lock("a");
      WatchedLock b = detector.lock("b");
      Knot knot = new Knot(kind, List.of(part(a, b), part(b, a))).tie();
      try {
        Eventually.eventually(() -> report.get() != null);
      } finally {
        knot.threads.getFirst().interrupt();
        for (Thread thread : knot.threads) {
          assertThat(thread.join(Knot.PATIENCE)).isTrue();
        }
      }
      assertThat(report.get().text())
          .contains("at dev.interleave.lock.WatchedSync.")
          .doesNotContain(LOOKING);
    }
  }

  private static final String[] LOOKING = {
    "diagnose.DeadlockDetector", "diagnose.Diagnosis.", "diagnose.Waits.", "Thread.getStackTrace"
  };

  @Test
  void jsonIsWellFormed() throws Exception {
    during(
        Threads.MIXED,
        knot -> {
          String json = Diagnosis.report().json();
          assertThat(json)
              .startsWith("{\"blocked\":[{\"thread\":{\"name\":\"knot-")
              .contains("\"resource\":\"left \\\"A\\\"\"", "\"virtual\":true", "\"virtual\":false")
              .contains("\"deadlocks\":[{\"threads\":[{", "\"need\":\"ALL\"");
          assertThat(balance(json)).isZero();
        });
  }

  /** Brackets outside of strings that are not closed; negative if one is closed too often. */
  private static int balance(String json) {
    int open = 0;
    boolean inString = false;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (inString) {
        i += c == '\\' ? 1 : 0;
        inString = c != '"';
      } else if (c == '"') {
        inString = true;
      } else if (c == '{' || c == '[') {
        open++;
      } else if (c == '}' || c == ']') {
        open--;
        if (open < 0) {
          return open;
        }
      }
    }
    return inString ? 1 : open;
  }

  @Test
  void mermaidMarksTheDead() throws Exception {
    during(
        Threads.MIXED,
        knot -> {
          long one = knot.threads.get(0).threadId();
          long two = knot.threads.get(1).threadId();
          assertThat(Diagnosis.report().mermaid())
              .startsWith("flowchart LR\n")
              .contains("t" + one + "(\"knot-0 #35;" + one + "\")")
              .contains("[\"lock left #34;A#34;\"]")
              .containsPattern("t" + one + " -->\\|\"LOCK\"\\| r\\d")
              .containsPattern("r\\d -\\.->\\|\"LOCK\"\\| t" + two)
              .containsPattern("class t\\d+,t\\d+ dead");
        });
  }

  @Test
  void theHarnessFindsItByTheNameOfTheBean() throws Exception {
    during(
        Threads.VIRTUAL,
        knot -> {
          assertThat(RegisteredDiagnosis.report()).contains("Deadlock of 2 threads");
          List<String> deadlocks = RegisteredDiagnosis.deadlocks();
          assertThat(deadlocks).singleElement().asString().startsWith("Deadlock of 2 threads: ");
          assertThat(RegisteredDiagnosis.deadlocks())
              .as("says the same again")
              .isEqualTo(deadlocks);
        });
    assertThat(RegisteredDiagnosis.deadlocks()).isEmpty();
  }

  /** The JVM knows the same deadlock where it can see: platform threads only. */
  @Test
  void theJvmAgreesWhereItCanSee() throws Exception {
    during(
        Threads.PLATFORM,
        knot -> {
          Eventually.eventually( // the last is found before it parks
              () -> ManagementFactory.getThreadMXBean().findDeadlockedThreads() != null);
          assertThat(ManagementFactory.getThreadMXBean().findDeadlockedThreads())
              .containsExactlyInAnyOrder(
                  knot.threads.get(0).threadId(), knot.threads.get(1).threadId());
          assertThat(Diagnosis.report().text()).contains("The JVM finds deadlocked:");
        });
    assertThat(ManagementFactory.getThreadMXBean().findDeadlockedThreads()).isNull();
  }

  /** A cycle half of which is beyond the library: the JVM's part of the report has it. */
  @Test
  void deadlockWithLockOfTheJdk() throws Exception {
    WatchedLock ours = WatchedLock.builder().name("ours").build();
    ReentrantLock theirs = new ReentrantLock();
    Knot knot =
        new Knot(
                Threads.PLATFORM,
                List.of(
                    new Part(
                        () -> ours.lock(Deadline.none()),
                        () -> {
                          theirs.lockInterruptibly();
                          return theirs::unlock;
                        }),
                    new Part(
                        () -> {
                          theirs.lock();
                          return theirs::unlock;
                        },
                        () -> ours.lock(Deadline.none()))))
            .tie();
    Eventually.eventually(() -> Diagnosis.report().jvmDeadlocks().size() == 2);
    Diagnosis.Report report = Diagnosis.report();
    assertThat(report.deadlocks()).isEmpty();
    assertThat(report.jvmDeadlocks()).anyMatch(line -> line.contains("WatchedSync"));
    knot.threads.getFirst().interrupt();
    for (Thread thread : knot.threads) {
      assertThat(thread.join(Knot.PATIENCE)).isTrue();
    }
  }

  @Test
  void flightRecorderGetsAnEvent() throws Exception {
    Path file = folder.resolve("deadlock.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("dev.interleave.Deadlock");
      recording.start();
      during(Threads.VIRTUAL, knot -> {});
      recording.stop();
      recording.dump(file);
    }
    assertThat(RecordingFile.readAllEvents(file))
        .filteredOn(event -> event.getEventType().getName().equals("dev.interleave.Deadlock"))
        .singleElement()
        .satisfies(event -> {
          assertThat(event.getInt("threads")).isEqualTo(2);
          assertThat(event.getString("report")).contains("\"knot-0\"", "right");
          assertThat(event.getString("outcome")).isEqualTo("reported");
        });
  }

  @Test
  void nothingBlockedIsSaidSo() {
    Diagnosis.Report none = new Diagnosis.Report(List.of(), List.of(), List.of());
    assertThat(none.text()).isEqualTo("0 calls are blocked\n");
    assertThat(none.json()).isEqualTo("{\"blocked\":[],\"deadlocks\":[],\"jvm\":[]}");
    assertThat(none.mermaid()).isEqualTo("flowchart LR\n");
  }
}
