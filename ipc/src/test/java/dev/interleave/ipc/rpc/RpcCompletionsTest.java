// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.SharedReceiving;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What depends on futures blocks, more of it than there are threads and places for: deadlines and
 * replies are none the later for that.
 */
class RpcCompletionsTest {
  /** As many threads as there are for completions. */
  private static final int THREADS = 32;

  private static final Codec CODEC = Codec.compact(MethodHandles.lookup());

  private static final CallOptions SHORT = CallOptions.unset().withTimeout(Duration.ofMillis(20));

  interface Service {
    CompletableFuture<Integer> now(int value);

    CompletableFuture<Integer> never();

    CompletableFuture<Fragile> fragile();

    CompletableFuture<Integer> fails();

    int held(int value);
  }

  /** Can be made once, by the server. */
  record Fragile(int value) {
    private static final AtomicBoolean MADE = new AtomicBoolean();

    Fragile {
      if (MADE.getAndSet(true)) {
        throw new AssertionError("made again");
      }
    }
  }

  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch held = new CountDownLatch(1);
  private final Transport transport =
      Transport.memory("completions-" + RpcContract.NAMES.incrementAndGet());
  private RpcServer server;

  @BeforeEach
  void serve() throws Exception {
    Service service =
        new Service() {
          @Override
          public CompletableFuture<Integer> now(int value) {
            return CompletableFuture.completedFuture(value);
          }

          @Override
          public CompletableFuture<Integer> never() {
            return new CompletableFuture<>();
          }

          @Override
          public CompletableFuture<Fragile> fragile() {
            return CompletableFuture.completedFuture(new Fragile(1));
          }

          @Override
          public CompletableFuture<Integer> fails() {
            return CompletableFuture.failedFuture(new IllegalStateException("as it does"));
          }

          @Override
          public int held(int value) {
            held.countDown();
            awaitRelease();
            return value;
          }
        };
    server = RpcServer.builder(transport).codec(CODEC).register(Service.class, service).start();
  }

  @AfterEach
  void close() {
    release.countDown();
    server.close();
  }

  private RpcClient.Builder client() {
    return RpcClient.builder(transport).codec(CODEC).timeout(RpcContract.PATIENCE);
  }

  /** Blocks all threads for completions, and then takes all places. */
  private void fill() throws InterruptedException {
    CountDownLatch busy = new CountDownLatch(THREADS);
    for (int i = 0; i < THREADS; i++) {
      ClientThreads.COMPLETIONS.execute(() -> {
        busy.countDown();
        awaitRelease();
      });
    }
    await(busy, "threads");
    Thread filler = Thread.currentThread();
    AtomicBoolean full = new AtomicBoolean();
    while (!full.get()) {
      try {
        ClientThreads.COMPLETIONS.execute(() -> {
          if (Thread.currentThread() == filler) {
            full.set(true);
          } else {
            awaitRelease();
          }
        });
      } catch (RejectedExecutionException e) {
        full.set(true);
      }
    }
  }

  private void awaitRelease() {
    try {
      await(release, "release");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(CountDownLatch latch, String what) throws InterruptedException {
    assertThat(latch.await(30, TimeUnit.SECONDS)).as(what).isTrue();
  }

  /** Something that blocks as soon as the future completes. */
  private CompletableFuture<Void> blocks(CompletableFuture<?> future, CountDownLatch begun) {
    return future.handle((value, error) -> {
      begun.countDown();
      awaitRelease();
      return null;
    });
  }

  private static void assertTimesOut(CompletableFuture<?> call) {
    assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(CallTimeoutException.class);
  }

  @Test
  void deadlinesAreKeptWhileAllCompletionsBlock() throws Exception {
    try (RpcClient one = client().connect();
        RpcClient other = client().connect()) {
      fill();
      CountDownLatch begun = new CountDownLatch(1);
      CompletableFuture<Void> blocked =
          blocks(one.proxy(Service.class, SHORT).never(), begun); // on the clock, formerly
      await(begun, "the first timeout");
      assertTimesOut(other.proxy(Service.class, SHORT).never());
      assertThat(blocked).isNotDone();
      release.countDown();
      assertThat(blocked.get(30, TimeUnit.SECONDS)).isNull();
    }
  }

  @Test
  void repliesAreReadWhileAllCompletionsBlock() throws Exception {
    try (RpcClient client = client().connect()) {
      fill();
      Service service = client.proxy(Service.class);
      CountDownLatch begun = new CountDownLatch(1);
      CompletableFuture<Void> blocked = blocks(service.now(1), begun);
      await(begun, "the first reply");
      assertThat(service.now(2).get(10, TimeUnit.SECONDS)).isEqualTo(2);
      assertThat(blocked).isNotDone();
    }
  }

  @Test
  void completionsThatBlockTakePlacesOfCalls() throws Exception {
    try (RpcClient client = client().maxPending(2).connect()) {
      fill();
      Service service = client.proxy(Service.class);
      CountDownLatch begun = new CountDownLatch(2);
      CompletableFuture<Void> first = blocks(service.now(1), begun);
      CompletableFuture<Void> second = blocks(service.now(2), begun);
      await(begun, "both replies");
      assertThatThrownBy(() -> service.now(3).get(10, TimeUnit.SECONDS))
          .hasCauseInstanceOf(CallRejectedException.class)
          .hasMessageContaining(
              "0 calls are pending already, and 2 that have ended have something to do");
      release.countDown();
      CompletableFuture.allOf(first, second).get(30, TimeUnit.SECONDS);
      RpcContract.until(() -> !service.now(4).isCompletedExceptionally(), "a place is free");
    }
  }

  @Test
  void whatAnExecutorRefusesRunsNeitherOnTheClockNorOnTheReader() throws Exception {
    Executor refuses =
        task -> {
          throw new RejectedExecutionException("no");
        };
    try (RpcClient one = client().completions(refuses).connect();
        RpcClient other = client().connect()) {
      CountDownLatch begun = new CountDownLatch(2);
      CompletableFuture<Void> late = blocks(one.proxy(Service.class, SHORT).never(), begun);
      CompletableFuture<Void> replied = blocks(one.proxy(Service.class).now(1), begun);
      await(begun, "both");
      assertTimesOut(other.proxy(Service.class, SHORT).never());
      assertThat(one.proxy(Service.class).now(2).get(10, TimeUnit.SECONDS)).isEqualTo(2);
      assertThat(CompletableFuture.anyOf(late, replied)).isNotDone();
    }
  }

  @Test
  void anExecutorThatRunsOnItsCallerDoesNotDoSoOnTheClock() throws Exception {
    try (RpcClient one = client().completions(Runnable::run).connect();
        RpcClient other = client().connect()) {
      CountDownLatch begun = new CountDownLatch(1);
      CompletableFuture<Void> late = blocks(one.proxy(Service.class, SHORT).never(), begun);
      await(begun, "the first timeout");
      assertTimesOut(other.proxy(Service.class, SHORT).never());
      assertThat(late).isNotDone();
    }
  }

  /** Throws an exception, and then an error, in turn. */
  private static final class Failing implements Executor {
    final AtomicInteger asked = new AtomicInteger();

    @Override
    public void execute(Runnable task) {
      if (asked.getAndIncrement() % 2 == 0) {
        throw new IllegalStateException("of the executor");
      }
      throw new AssertionError("of the executor");
    }
  }

  /** An exception ended the connection, and all calls; an error killed the reader. */
  @Test
  void anExecutorThatThrowsEndsNeitherTheConnectionNorWhoReads() throws Exception {
    Failing failing = new Failing();
    try (RpcClient client = client().completions(failing).connect()) {
      Service service = client.proxy(Service.class);
      CompletableFuture<Integer> pending = service.never();
      for (int i = 0; i < 6; i++) {
        assertThat(service.now(i).get(10, TimeUnit.SECONDS)).isEqualTo(i);
      }
      assertTimesOut(client.proxy(Service.class, SHORT).never());
      assertTimesOut(client.proxy(Service.class, SHORT).never());
      assertThat(service.now(7).get(10, TimeUnit.SECONDS)).isEqualTo(7);
      assertThat(failing.asked).hasValue(9);
      assertThat(pending).isNotDone();
      assertThat(client.stats().connected()).isTrue();
      assertThat(client.stats().lost()).isZero();
      assertThat(server.stats().accepted()).isEqualTo(1);
    }
  }

  /** What it threw came out of the call of another, who read its reply. */
  @Test
  void anExecutorThatThrowsHarmsNoCallerThatReadsForOthers() throws Exception {
    try (RpcClient client = client().completions(new Failing()).connect()) {
      Service service = client.proxy(Service.class);
      FutureTask<Integer> reads = new FutureTask<>(() -> service.held(5));
      Thread.ofPlatform().daemon().name("reads").start(reads);
      await(held, "the call that reads");
      for (int i = 0; i < 4; i++) {
        assertThat(service.now(i).get(10, TimeUnit.SECONDS)).isEqualTo(i);
      }
      release.countDown();
      assertThat(reads.get(10, TimeUnit.SECONDS)).isEqualTo(5);
      assertThat(client.stats().connected()).isTrue();
    }
  }

  @Test
  void anExecutorMayRunWhatItGetsAndThrowNevertheless() throws Exception {
    Executor both =
        task -> {
          task.run();
          throw new IllegalStateException("of the executor");
        };
    try (RpcClient client = client().completions(both).connect()) {
      Service service = client.proxy(Service.class);
      for (int i = 0; i < 4; i++) {
        assertThat(service.now(i).get(10, TimeUnit.SECONDS)).isEqualTo(i);
      }
      assertThat(client.stats().connected()).isTrue();
    }
  }

  /** Neither ended the future. */
  @Test
  @SuppressWarnings("NullAway") // null is what must not be given
  void aMappingThatGivesNothingOrThrowsWhatItGotLosesNothing() throws Exception {
    Function<RemoteException, IllegalStateException> nothing = e -> null;
    Function<RemoteException, IllegalStateException> rethrown =
        e -> {
          throw e;
        };
    for (Function<RemoteException, IllegalStateException> mapping : List.of(nothing, rethrown)) {
      try (RpcClient client = client().map(IllegalStateException.class, mapping).connect()) {
        CompletableFuture<Integer> future = client.proxy(Service.class).fails();
        assertThatThrownBy(() -> future.get(10, TimeUnit.SECONDS))
            .hasCauseInstanceOf(RemoteException.class)
            .hasMessageContaining("as it does");
      }
    }
  }

  /** A server that takes nothing any more, as far as cancels are concerned. */
  private Connection withoutRoomForCancels(Deadline deadline)
      throws TransportException, InterruptedException {
    Connection real = transport.connect(deadline);
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class, SharedReceiving.class},
            (proxy, method, arguments) -> {
              if (arguments != null
                  && arguments[0] instanceof ByteBuffer frame
                  && frame.get(frame.position()) == Frames.CANCEL) {
                if (method.getName().equals("trySend")) {
                  return false;
                }
                awaitRelease();
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** They waited on the threads of completions, for a second each. */
  @Test
  void cancelsThatFindNoRoomDoNotHoldUpTheCompletionsOfOthers() throws Exception {
    try (RpcClient one =
            RpcClient.over(this::withoutRoomForCancels)
                .codec(CODEC)
                .timeout(RpcContract.PATIENCE)
                .connect();
        RpcClient other = client().connect()) {
      for (int i = 0; i < 2 * THREADS; i++) {
        assertThat(one.proxy(Service.class).never().cancel(true)).isTrue();
      }
      assertThat(other.proxy(Service.class).now(1).get(10, TimeUnit.SECONDS)).isEqualTo(1);
      assertTimesOut(other.proxy(Service.class, SHORT).never());
    } finally {
      release.countDown();
    }
  }

  @Test
  void anErrorInAResultIsItsFuturesFailure() throws Exception {
    try (RpcClient client = client().connect()) {
      CompletableFuture<Fragile> future = client.proxy(Service.class).fragile();
      assertThatThrownBy(() -> future.get(10, TimeUnit.SECONDS))
          .hasRootCauseInstanceOf(AssertionError.class)
          .hasRootCauseMessage("made again");
    }
  }
}
