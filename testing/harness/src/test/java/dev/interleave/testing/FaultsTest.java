// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest {
  private static final int VISITS = 10_000;

  @Test
  void sameSeedStrikesAlikeAndAnotherDoesNot() {
    List<InjectedFault> first = strike(mixed(7), "a", "b");
    assertThat(first).isNotEmpty().isEqualTo(strike(mixed(7), "a", "b"));
    assertThat(strike(mixed(8), "a", "b")).isNotEqualTo(first);
  }

  @Test
  void pointsDoNotDisturbEachOther() {
    List<InjectedFault> together = strike(mixed(7), "a", "b");
    assertThat(together.stream().filter(fault -> fault.point().equals("a")).toList())
        .isEqualTo(strike(mixed(7), "a"));
  }

  @Test
  void ratesAreKept() {
    Faults faults =
        Faults.seeded(1)
            .exceptions(0.1)
            .delays(0.2, Duration.ofNanos(10))
            .pausingBy(nanos -> {})
            .interrupts(0.05)
            .deaths(0.01)
            .build();
    List<InjectedFault> log = strike(faults, "a");
    assertThat(share(log, FaultKind.EXCEPTION)).isBetween(0.08, 0.12);
    assertThat(share(log, FaultKind.DELAY)).isBetween(0.18, 0.22);
    assertThat(share(log, FaultKind.INTERRUPT)).isBetween(0.04, 0.06);
    assertThat(share(log, FaultKind.DEATH)).isBetween(0.005, 0.015);
    assertThat(log.stream().map(InjectedFault::visit)).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void certainFaultStrikesAlways() {
    assertThat(strike(Faults.seeded(1).exceptions(1).build(), "a")).hasSize(VISITS);
    assertThat(strike(Faults.seeded(1).exceptions(0).build(), "a")).isEmpty();
  }

  @Test
  void exceptionIsTheOneOfTheProgramAndTellsWhereItIsFrom() {
    Faults faults = Faults.seeded(42).once(FaultKind.EXCEPTION, "read", 2).build();
    assertThat(passes(faults, "read")).isTrue();
    assertThatThrownBy(() -> faults.at("read", IOException::new))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("injected at \"read\", visit 2, by seed 42");
    assertThat(passes(faults, "read")).isTrue();
    assertThat(faults.log())
        .containsExactly(
            new InjectedFault(
                "read", 2, FaultKind.EXCEPTION, "", Thread.currentThread().getName()));
    assertThat(faults.toString()).contains("seed 42").contains("EXCEPTION");
  }

  @Test
  void withoutOneItIsAnInjectedException() {
    Faults faults = Faults.seeded(42).once(FaultKind.EXCEPTION, "read", 1).build();
    assertThatThrownBy(() -> faults.at("read")).isExactlyInstanceOf(InjectedException.class);
  }

  @Test
  void delayIsPassedOnAndWithinItsLimit() {
    List<Long> pauses = new ArrayList<>();
    Faults faults =
        Faults.seeded(3).delays(1, Duration.ofNanos(100)).pausingBy(pauses::add).build();
    strike(faults, "a");
    assertThat(pauses).hasSize(VISITS).allMatch(nanos -> nanos >= 1 && nanos <= 100);
    assertThat(pauses.stream().distinct().count()).isGreaterThan(90);
  }

  @Test
  void delayIsRealUnlessSaidOtherwise() {
    long nanos = TimeUnit.MILLISECONDS.toNanos(50);
    Faults faults = Faults.seeded(3).delays(1, Duration.ofNanos(nanos)).build();
    long start = System.nanoTime();
    faults.at("a");
    long waited = System.nanoTime() - start;
    long wanted = Long.parseLong(faults.log().get(0).detail().replace(" ns", ""));
    assertThat(wanted).isBetween(1L, nanos);
    assertThat(waited).isGreaterThanOrEqualTo(wanted);
  }

  @Test
  void delayEndsWithAnInterruptAndKeepsIt() throws InterruptedException {
    Faults faults = Faults.seeded(3).delays(1, Duration.ofDays(1)).build();
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              Thread.currentThread().interrupt();
              faults.at("a");
              interrupted.set(Thread.currentThread().isInterrupted());
            });
    assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
    assertThat(interrupted.get()).isTrue();
  }

  @Test
  void interruptMarksTheThread() {
    Faults faults = Faults.seeded(3).once(FaultKind.INTERRUPT, "a", 1).build();
    faults.at("a");
    assertThat(Thread.interrupted()).isTrue();
    faults.at("a");
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void deathEndsTheThread() throws InterruptedException {
    Faults faults = Faults.seeded(3).once(FaultKind.DEATH, "a", 1).build();
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .uncaughtExceptionHandler((dead, cause) -> end.set(cause))
            .start(faults.wrap("a", () -> {}));
    assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
    assertThat(end.get()).isInstanceOf(InjectedDeath.class).hasMessageContaining("visit 1");
  }

  @Test
  void wrappedTaskPassesThePointFirst() throws Exception {
    Faults faults = Faults.seeded(3).once(FaultKind.EXCEPTION, "a", 2).build();
    AtomicInteger runs = new AtomicInteger();
    Runnable task = faults.wrap("a", runs::incrementAndGet);
    task.run();
    assertThatThrownBy(task::run).isInstanceOf(InjectedException.class);
    assertThat(runs).hasValue(1);
    assertThat(faults.wrapCall("a", () -> "result").call()).isEqualTo("result");
  }

  @Test
  void processIsKilled() throws Exception {
    Faults faults = Faults.seeded(3).once(FaultKind.KILL, "worker", 2).build();
    Process victim = sleeper();
    try {
      assertThat(faults.kill("worker", victim.toHandle())).isFalse();
      assertThat(victim.isAlive()).isTrue();
      assertThat(faults.kill("worker", victim.toHandle())).isTrue();
      assertThat(victim.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(victim.exitValue()).isNotZero();
      assertThat(faults.log())
          .singleElement()
          .satisfies(fault -> assertThat(fault.detail()).isEqualTo("process " + victim.pid()));
    } finally {
      victim.destroyForcibly();
    }
  }

  @Test
  void processThatHasEndedIsNotKilled() throws Exception {
    Faults faults = Faults.seeded(3).kills(1).build();
    Process ended = sleeper();
    ended.destroyForcibly();
    assertThat(ended.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(faults.kill("worker", ended.toHandle())).isFalse();
    assertThat(faults.log()).isEmpty();
    assertThat(faults.injected()).isZero();
  }

  @Test
  void framesAreLostAndTornOnTheirWayOut() {
    Faults faults = Faults.seeded(5).lostFrames(0.2).tornFrames(0.3).build();
    List<byte[]> sent = new ArrayList<>();
    Faults.FrameSink<RuntimeException> sink = faults.sink("out", sent::add);
    byte[] frame = {1, 2, 3, 4};
    for (int i = 0; i < VISITS; i++) {
      sink.accept(frame);
    }
    assertThat(sent.size() / (double) VISITS).isBetween(0.77, 0.83);
    List<byte[]> torn = sent.stream().filter(got -> got.length < frame.length).toList();
    assertThat(torn.size() / (double) VISITS).isBetween(0.27, 0.33);
    assertThat(torn).allMatch(got -> Arrays.equals(got, Arrays.copyOf(frame, got.length)));
    assertThat(torn.stream().map(got -> got.length).distinct()).contains(0, 1, 2, 3);
    assertThat(sent)
        .filteredOn(got -> got.length == frame.length)
        .allSatisfy(got -> assertThat(got).isSameAs(frame));
    assertThat(faults.injected()).isEqualTo(VISITS - sent.size() + torn.size());
  }

  @Test
  void framesAreLostAndTornOnTheirWayIn() throws IOException {
    Faults faults =
        Faults.seeded(5)
            .once(FaultKind.LOST, "in", 1)
            .once(FaultKind.LOST, "in", 2)
            .once(FaultKind.TORN, "in", 4)
            .build();
    Deque<byte[]> coming = new ArrayDeque<>();
    for (byte i = 1; i <= 4; i++) {
      coming.add(new byte[] {i, i});
    }
    Faults.FrameSource<IOException> source = faults.source("in", coming::poll);
    assertThat(source.next()).containsExactly(3, 3);
    byte[] torn = source.next();
    assertThat(torn).isNotNull().hasSizeLessThan(2).doesNotContain(1, 2, 3);
    assertThat(source.next()).isNull();
    assertThat(faults.log().stream().map(InjectedFault::kind))
        .containsExactly(FaultKind.LOST, FaultKind.LOST, FaultKind.TORN);
  }

  @Test
  void emptyFrameCannotBeTorn() {
    Faults faults = Faults.seeded(5).tornFrames(1).build();
    List<byte[]> sent = new ArrayList<>();
    faults.<RuntimeException>sink("out", sent::add).accept(new byte[0]);
    assertThat(sent).hasSize(1);
    assertThat(faults.injected()).isZero();
  }

  @Test
  void plannedTearOfAnEmptyFrameIsSeenToHaveComeToNothing() {
    Faults faults = Faults.seeded(5).once(FaultKind.TORN, "out", 2).build();
    List<byte[]> sent = new ArrayList<>();
    Faults.FrameSink<RuntimeException> sink = faults.sink("out", sent::add);
    sink.accept(new byte[0]);
    sink.accept(new byte[0]);
    assertThat(sent).hasSize(2);
    assertThat(faults.injected()).isEqualTo(1);
    assertThat(faults.log())
        .containsExactly(
            new InjectedFault(
                "out",
                2,
                FaultKind.TORN,
                "an empty frame, which has no part to lose",
                Thread.currentThread().getName()));
  }

  @Test
  void offTheyDoNothingAndCountNothing() {
    Faults faults = Faults.seeded(3).once(FaultKind.EXCEPTION, "a", 1).deaths(1).build();
    faults.enable(false);
    assertThat(strike(faults, "a")).isEmpty();
    faults.enable(true);
    assertThatThrownBy(() -> faults.at("a")).isInstanceOf(InjectedException.class);
  }

  @Test
  void noneNeverStrike() {
    Faults faults = Faults.none();
    faults.enable(true);
    assertThat(strike(faults, "a")).isEmpty();
    byte[] frame = {1};
    List<byte[]> sent = new ArrayList<>();
    faults.<RuntimeException>sink("out", sent::add).accept(frame);
    assertThat(sent).containsExactly(frame);
    assertThat(faults.kill("self", ProcessHandle.current())).isFalse();
  }

  @Test
  void logIsBoundedAndTheCountIsNot() {
    Faults faults = Faults.seeded(3).exceptions(1).build();
    strike(faults, "a");
    strike(faults, "b");
    assertThat(faults.log()).hasSize(Faults.LOG_LIMIT);
    assertThat(faults.injected()).isEqualTo(2 * VISITS);
    assertThat(faults.toString()).endsWith("and " + (2 * VISITS - Faults.LOG_LIMIT) + " more");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void rateIsChecked(double rate) {
    assertThatThrownBy(() -> Faults.seeded(1).lostFrames(rate))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("LOST")
        .hasMessageContaining(String.valueOf(rate));
  }

  @Test
  void ratesThatAddUpToOneAreNotTooMuch() {
    Faults faults =
        Faults.seeded(1)
            .exceptions(0.4)
            .delays(0.2, Duration.ofNanos(10))
            .pausingBy(nanos -> {})
            .interrupts(0.3)
            .deaths(0.1)
            .build();
    assertThat(strike(faults, "a")).hasSize(VISITS);
  }

  @Test
  void descriptionIsChecked() {
    assertThatThrownBy(() -> Faults.seeded(1).exceptions(0.6).deaths(0.5).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("threads")
        .hasMessageContaining("1.1");
    assertThatThrownBy(() -> Faults.seeded(1).delays(0.1, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT0S");
    assertThatThrownBy(() -> Faults.seeded(1).once(FaultKind.LOST, "a", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("visit: 0");
  }

  private static Faults mixed(long seed) {
    return Faults.seeded(seed)
        .exceptions(0.1)
        .delays(0.1, Duration.ofMillis(1))
        .pausingBy(nanos -> {})
        .interrupts(0.1)
        .deaths(0.1)
        .build();
  }

  /** Passes the points in turn, many times, and returns what struck. */
  private static List<InjectedFault> strike(Faults faults, String... points) {
    for (int i = 0; i < VISITS; i++) {
      for (String point : points) {
        passes(faults, point);
      }
    }
    return faults.log();
  }

  private static boolean passes(Faults faults, String point) {
    try {
      faults.at(point);
      return true;
    } catch (InjectedException | InjectedDeath struck) {
      return false;
    } finally {
      Thread.interrupted();
    }
  }

  private static double share(List<InjectedFault> log, FaultKind kind) {
    return log.stream().filter(fault -> fault.kind() == kind).count() / (double) VISITS;
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** A process that waits for its input, which never comes. */
  private static Process sleeper() throws IOException {
    return new ProcessBuilder(
            java(), "-cp", System.getProperty("java.class.path"), WaitsForInput.class.getName())
        .redirectErrorStream(true)
        .start();
  }

  static final class WaitsForInput {
    private WaitsForInput() {}

    public static void main(String[] arguments) throws IOException {
      int read = System.in.read();
      System.exit(read < 0 ? 0 : 1);
    }
  }
}
