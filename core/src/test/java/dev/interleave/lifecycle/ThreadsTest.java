// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.lifecycle;

import static dev.interleave.lifecycle.Bodies.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ThreadsTest {
  static Stream<Function<String, Threads.Builder>> kinds() {
    return Stream.of(Threads::platform, Threads::virtual);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void namesAreCounted(Function<String, Threads.Builder> kind) {
    Threads.Builder builder = kind.apply("Worker_{n}!");
    Threads threads = builder.build();
    List<String> names =
        Stream.generate(() -> threads.newThread(() -> {})).limit(3).map(Thread::getName).toList();
    assertThat(names).containsExactly("Worker_0!", "Worker_1!", "Worker_2!");
    assertThat(builder.firstNumber(7).build().newThread(() -> {}).getName()).isEqualTo("Worker_7!");
    assertThat(kind.apply("one").build().newThread(() -> {}).getName()).isEqualTo("one");
  }

  @Test
  void propertiesAreSet() {
    Thread thread = Threads.platform("t").daemon(true).priority(7).build().newThread(() -> {});
    assertThat(thread.isDaemon()).isTrue();
    assertThat(thread.getPriority()).isEqualTo(7);
    assertThat(thread.isVirtual()).isFalse();
    assertThat(Threads.virtual("v").build().newThread(() -> {}).isVirtual()).isTrue();
  }

  /** There, and in the JDK's constructors, a thread made by a daemon is one. */
  @Test
  @SuppressWarnings("ThreadPriorityCheck") // to see that it is not inherited
  void nothingIsInheritedFromTheMaker() throws Exception {
    Threads threads = Threads.platform("made").build();
    AtomicReference<Thread> made = new AtomicReference<>();
    Thread maker = new Thread(() -> made.set(threads.newThread(() -> {})), "maker");
    maker.setDaemon(true);
    maker.setPriority(Thread.MAX_PRIORITY);
    maker.start();
    maker.join();
    assertThat(made.get().isDaemon()).isFalse();
    assertThat(made.get().getPriority()).isEqualTo(Thread.NORM_PRIORITY);
  }

  @Test
  void inheritableThreadLocalsAreInheritedOnRequest() throws Exception {
    InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
    local.set("mine");
    AtomicReference<String> seen = new AtomicReference<>();
    for (boolean inherit : List.of(true, false)) {
      Thread thread =
          Threads.platform("t")
              .inheritThreadLocals(inherit)
              .build()
              .newThread(() -> seen.set(local.get()));
      thread.start();
      thread.join();
      assertThat(seen.get()).isEqualTo(inherit ? "mine" : null);
    }
    local.remove();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void whatAThreadDiesOfIsHeard(Function<String, Threads.Builder> kind) throws Exception {
    AtomicReference<String> heard = new AtomicReference<>();
    Threads threads =
        kind.apply("dies").onUncaught((t, e) -> heard.set(t.getName() + ": " + e)).build();
    Thread thread =
        threads.newThread(() -> {
          throw new IllegalStateException("of this");
        });
    thread.start();
    thread.join();
    assertThat(heard.get()).isEqualTo("dies: java.lang.IllegalStateException: of this");
    assertThat(threads.started()).isOne();
    assertThat(threads.alive()).isZero();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void whoIsAliveIsCounted(Function<String, Threads.Builder> kind) throws Exception {
    Threads threads = kind.apply("t-{n}").build();
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch in = new CountDownLatch(2);
    List<Thread> running =
        Stream.generate(() ->
                threads.newThread(() -> {
                  in.countDown();
                  try {
                    Bodies.await(end);
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                }))
            .limit(2)
            .toList();
    assertThat(threads.started()).isZero();
    running.forEach(Thread::start);
    Bodies.await(in);
    assertThat(threads.started()).isEqualTo(2);
    assertThat(threads.alive()).isEqualTo(2);
    assertThat(threads).hasToString("Threads[t-{n}, 2 of 2 alive]");
    end.countDown();
    eventually("all have ended", () -> threads.alive() == 0);
    for (Thread thread : running) {
      thread.join();
    }
  }

  @Test
  @SuppressWarnings("NullAway") // the point
  void argumentsAreCheckedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Threads.platform(" ").priority(11).firstNumber(-1).onUncaught(null).build())
        .withMessage(
            "pattern is blank: \" \"; priority is not from 1 to 10: 11; firstNumber is negative:"
                + " -1; onUncaught is null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Threads.virtual("v").daemon(false).priority(6).build())
        .withMessage(
            "daemon is false, and virtual threads are daemons always;"
                + " priority is 6, and that of virtual threads is 5 always");
    assertThatNullPointerException().isThrownBy(() -> Threads.virtual("v").build().newThread(null));
  }
}
