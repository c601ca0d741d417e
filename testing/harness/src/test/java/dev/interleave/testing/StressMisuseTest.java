// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.testing.contract.ThreadKind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run refuses, and how it says so. */
class StressMisuseTest {
  private static final Duration SHORT = Duration.ofMillis(10);

  private static Stress<Object> stress() {
    return Stress.on(Object::new);
  }

  @Test
  void noActor() {
    assertThatIllegalStateException()
        .isThrownBy(() -> stress().run(SHORT))
        .withMessageContaining("actors");
  }

  @Test
  void noLimit() {
    assertThatIllegalStateException()
        .isThrownBy(() -> stress().actor("a", s -> {}).run())
        .withMessageContaining("rounds");
  }

  @Test
  void sameNameTwice() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stress().actor("same", s -> {}).actorReturning("same", s -> 1))
        .withMessageContaining("same");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stress().invariant("same", s -> true).invariant("same", s -> true))
        .withMessageContaining("same");
  }

  @Test
  void sameOutcomeTwice() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stress().expect(1, "right").forbid(1L, "wrong"))
        .withMessageContaining("outcome: 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stress().expect(null, "right").interesting(null, "odd"))
        .withMessageContaining("null");
  }

  @Test
  void secondArbiterOrSetup() {
    assertThatIllegalStateException()
        .isThrownBy(() -> stress().arbiter(s -> 1).arbiter(s -> 2))
        .withMessageContaining("arbiter");
    assertThatIllegalStateException()
        .isThrownBy(() -> stress().setup(s -> {}).setup(s -> {}))
        .withMessageContaining("setup");
  }

  @Test
  void badNumbersAndNames() {
    refuses("time: PT0S", () -> stress().actor("a", s -> {}).run(Duration.ZERO));
    refuses("time: PT-1S", () -> stress().actor("a", s -> {}).run(Duration.ofSeconds(-1)));
    refuses("limit: PT0S", () -> stress().hangAfter(Duration.ZERO));
    refuses("grace: PT-1S", () -> stress().abandonAfter(Duration.ofSeconds(-1)));
    refuses("rounds: 0", () -> stress().rounds(0));
    refuses("round: -1", () -> stress().replay(-1));
    refuses("name: \" \"", () -> stress().actor(" ", s -> {}));
    refuses("name: \"\"", () -> stress().named(""));
    refuses("name: \"\"", () -> stress().invariant("", s -> true));
  }

  private static void refuses(String message, ThrowingCallable call) {
    assertThatIllegalArgumentException().isThrownBy(call).withMessage(message);
  }

  @Test
  @SuppressWarnings("NullAway") // that is the point
  void nulls() {
    List<Consumer<Stress<Object>>> calls =
        List.of(
            s -> Stress.on(null),
            s -> s.actor(null, x -> {}),
            s -> s.actor("a", null),
            s -> s.actorReturning("a", null),
            s -> s.arbiter(null),
            s -> s.setup(null),
            s -> s.invariant("i", null),
            s -> s.expect(1, null),
            s -> s.unlisted(null),
            s -> s.threads(null),
            s -> s.perturb((Perturbation) null),
            s -> s.progress(null),
            s -> s.hangAfter(null),
            s -> s.abandonAfter(null),
            s -> s.named(null),
            s -> Stress.sync(null));
    assertThat(calls)
        .allSatisfy(
            call -> assertThatNullPointerException().isThrownBy(() -> call.accept(stress())));
  }

  @Test
  void changesAfterTheRun() throws Exception {
    Stress<Object> used = stress().actor("a", s -> {}).rounds(1);
    used.run();
    List<Consumer<Stress<Object>>> calls =
        List.of(
            s -> s.expect(1, "late"),
            s -> s.actor("b", x -> {}),
            s -> s.arbiter(x -> 1),
            s -> s.seed(1),
            s -> s.failFast(),
            s -> s.onVirtualThreads());
    assertThat(calls)
        .allSatisfy(call -> assertThatIllegalStateException().isThrownBy(() -> call.accept(used)));
    assertThatIllegalStateException().isThrownBy(used::run);
  }

  @ParameterizedTest
  @EnumSource
  @SuppressWarnings("NullAway") // a subject that is null
  void subjectThatCannotBeMadeOrSetUp(ThreadKind kind) {
    IllegalArgumentException cause = new IllegalArgumentException("no such thing");
    assertThatThrownBy(() ->
            Stress.on(
                    () -> {
                      throw cause;
                    })
                .actor("a", s -> {})
                .actor("b", s -> {})
                .threads(kind)
                .run(SHORT))
        .isInstanceOf(IllegalStateException.class)
        .hasCause(cause);
    assertThatThrownBy(() ->
            stress()
                .setup(s -> {
                  throw cause;
                })
                .actor("a", s -> {})
                .threads(kind)
                .run(SHORT))
        .isInstanceOf(IllegalStateException.class)
        .hasCause(cause);
    assertThatThrownBy(() -> Stress.on(() -> null).actor("a", s -> {}).threads(kind).run(SHORT))
        .isInstanceOf(IllegalStateException.class)
        .hasCauseInstanceOf(NullPointerException.class);
  }

  @ParameterizedTest
  @EnumSource
  void interruptEndsTheRunAndItsActors(ThreadKind kind) throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    Thread caller = Thread.currentThread();
    Thread[] actor = new Thread[1];
    assertThatThrownBy(() ->
            stress()
                .actor(
                    "a",
                    s -> {
                      actor[0] = Thread.currentThread();
                      caller.interrupt();
                      never.await();
                    })
                .threads(kind)
                .run(Duration.ofDays(1)))
        .isInstanceOf(InterruptedException.class);
    actor[0].join();
    assertThat(actor[0].isAlive()).isFalse();
  }

  @Test
  void progressThatFailsEndsTheRunAndItsActors() throws Exception {
    IllegalStateException broken = new IllegalStateException("no paper");
    Thread[] actor = new Thread[1];
    CountDownLatch never = new CountDownLatch(1);
    assertThatThrownBy(() ->
            stress()
                .actor(
                    "a",
                    s -> {
                      actor[0] = Thread.currentThread();
                      never.await();
                    })
                .progress(line -> {
                  throw broken;
                })
                .run(Duration.ofDays(1)))
        .isSameAs(broken);
    actor[0].join();
    assertThat(actor[0].isAlive()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "1:", "1:x", "1:-2", ":1", "1:2:3"})
  void seedPropertyThatIsNone(String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SeedProperty.read(value))
        .withMessageContaining("interleave.seed")
        .withMessageContaining("\"" + value + "\"");
  }
}
