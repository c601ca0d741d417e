// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.StopReport;
import dev.interleave.diagnose.Wait;
import dev.interleave.diagnose.Waits;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How requests end at the server that do not simply return, and how the server itself does. */
@Timeout(120)
class RpcServerEndsTest {
  /** Public, as are its values, for the server and the codec. */
  public interface Office {
    long add(long a, long b);

    CompletableFuture<Long> later(int number);

    CompletableFuture<Torn> torn();

    long closeServer();

    byte[] bytes(int size);
  }

  /** Cannot be looked at. */
  public record Torn(long value) {
    @Override
    public long value() {
      if (value > 0) {
        throw new StackOverflowError("as if");
      }
      return value;
    }
  }

  enum Kind {
    WORKERS,
    VIRTUAL,
    DIRECT;

    RpcServer.Builder of(RpcServer.Builder server) {
      return switch (this) {
        case WORKERS -> server.workers(2);
        case VIRTUAL -> server.virtualWorkers(2);
        case DIRECT -> server.direct();
      };
    }
  }

  private final class Clerk implements Office {
    @Override
    public long add(long a, long b) {
      return a + b;
    }

    @Override
    public CompletableFuture<Long> later(int number) {
      runs.incrementAndGet();
      return later.get(number);
    }

    @Override
    public CompletableFuture<Torn> torn() {
      return torn;
    }

    @Override
    public long closeServer() {
      server.close();
      return 1;
    }

    @Override
    public byte[] bytes(int size) {
      return new byte[size];
    }
  }

  private final List<CompletableFuture<Long>> later =
      List.of(new CompletableFuture<>(), new CompletableFuture<>());
  private final CompletableFuture<Torn> torn = new CompletableFuture<>();
  private final AtomicInteger runs = new AtomicInteger();
  private final CountDownLatch letGo = new CountDownLatch(1);
  @TempDir private Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // by each test, first
  private RpcServer server;

  private RpcServer.Builder builder(Transport transport) {
    return RpcServer.builder(transport)
        .codec(RpcContract.codec())
        .register(Office.class, new Clerk())
        .workers(2);
  }

  private RpcServer.Builder builder() {
    return builder(Transport.memory("ends-" + RpcContract.NAMES.incrementAndGet()));
  }

  private RpcServer start(RpcServer.Builder builder) throws Exception {
    server = builder.start();
    open.add(server);
    return server;
  }

  private RawClient raw() throws Exception {
    RawClient client = new RawClient(server);
    open.add(client);
    return client;
  }

  private Office office() throws Exception {
    RpcClient client = RpcClient.builder(server.transport()).codec(RpcContract.codec()).connect();
    open.add(client);
    return client.proxy(Office.class, RpcContract.PATIENCE);
  }

  @AfterEach
  void close() throws Exception {
    letGo.countDown();
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  // ------------------------------------------------------------------ asynchronous requests

  @ParameterizedTest
  @EnumSource
  void theFutureOfAnAsynchronousMethodIsCancelledAtItsDeadline(Kind kind) throws Exception {
    start(kind.of(builder()).limit(Office.class, "later", 1));
    RawClient client = raw();
    client.ask(1, "key", Duration.ofSeconds(1), "later", 0);
    RpcContract.until(later.get(0)::isCancelled, "the future is cancelled");
    RpcContract.until(() -> server.replays().running() == 0, "the key is not under way");
    assertThat(server.stats().timedOut()).isEqualTo(1);
    assertThat(server.stats().inFlight()).isZero();
    client.ask(2, "key", "later", 0);
    assertThat(client.error(2, Frames.Code.REMOTE)).contains("CancellationException");
    assertThat(runs).hasValue(1);
    assertThat(later.get(1).complete(5L)).isTrue();
    client.ask(3, null, "later", 1);
    assertThat(client.reply(3, Long.class)).as("the place is free").isEqualTo(5L);
  }

  @Test
  void whatDependsOnALateFutureHoldsUpNeitherTheClockNorTheWorkers() throws Exception {
    start(builder().workers(1));
    CompletableFuture<?> held =
        later
            .get(0)
            .whenComplete((value, error) -> {
              try {
                letGo.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    RawClient client = raw();
    client.ask(1, null, Duration.ofSeconds(1), "later", 0);
    RpcContract.until(later.get(0)::isCancelled, "the first is cancelled");
    client.ask(2, null, Duration.ofSeconds(1), "later", 1);
    RpcContract.until(later.get(1)::isCancelled, "the second is cancelled");
    assertThat(office().add(1, 2)).isEqualTo(3);
    assertThat(held).isNotDone();
  }

  private void holdUpWhatDependsOn(CompletableFuture<?> future) {
    CompletableFuture<?> unused =
        future.whenComplete((value, error) -> {
          try {
            letGo.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** It ran on the thread that reads. */
  @ParameterizedTest
  @EnumSource
  void whatDependsOnACancelledFutureDoesNotHoldUpItsClient(Kind kind) throws Exception {
    start(kind.of(builder()));
    holdUpWhatDependsOn(later.get(0));
    RawClient client = raw();
    client.ask(1, null, "later", 0);
    RpcContract.until(() -> runs.get() == 1, "it runs");
    client.cancel(1);
    client.ask(2, null, "add", 1L, 2L);
    assertThat(client.reply(2, long.class)).isEqualTo(3L);
    RpcContract.until(later.get(0)::isCancelled, "the future is cancelled");
  }

  /** It ran on the thread that closes. */
  @Test
  void whatDependsOnACancelledFutureDoesNotHoldUpWhoCloses() throws Exception {
    start(builder());
    holdUpWhatDependsOn(later.get(0));
    RawClient client = raw();
    client.ask(1, null, "later", 0);
    RpcContract.until(() -> runs.get() == 1, "it runs");
    FutureTask<StopReport> closing = new FutureTask<>(() -> server.close(Duration.ZERO));
    Thread.ofPlatform().daemon().name("closes").start(closing);
    assertThat(closing.get(30, TimeUnit.SECONDS).discarded()).isEqualTo(1);
    assertThat(later.get(0)).isCancelled();
  }

  /** Cannot say what it comes from. */
  private static final class Sourceless extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it only throws
    public Throwable getCause() {
      throw new IllegalStateException("as if");
    }
  }

  /** It was never replied to, and kept its place. */
  @Test
  void aFutureMayFailWithWhatCannotBeLookedAt() throws Exception {
    start(builder().limit(Office.class, "later", 1));
    RawClient client = raw();
    client.ask(1, null, "later", 0);
    RpcContract.until(() -> runs.get() == 1, "it runs");
    later.get(0).completeExceptionally(new Sourceless());
    assertThat(client.error(1, Frames.Code.REMOTE)).contains("Sourceless");
    assertThat(server.stats().inFlight()).isZero();
  }

  @Test
  void aFutureThatCompletesInTimeIsNotLate() throws Exception {
    start(builder());
    RawClient client = raw();
    client.ask(1, null, Duration.ofHours(1), "later", 0);
    RpcContract.until(() -> runs.get() == 1, "it runs");
    later.get(0).complete(4L);
    assertThat(client.reply(1, Long.class)).isEqualTo(4L);
    assertThat(server.stats().timedOut()).isZero();
    assertThat(server.stats().ok()).isEqualTo(1);
  }

  @Test
  void anErrorOfAValueIsToldToTheClient() throws Exception {
    start(builder().limit(Office.class, "torn", 1));
    RawClient client = raw();
    for (int id = 1; id <= 2; id++) {
      client.ask(id, null, "torn");
      torn.complete(new Torn(1));
      assertThat(client.error(id, Frames.Code.REMOTE)).contains("StackOverflowError");
      assertThat(server.stats().inFlight()).isZero();
    }
    assertThat(server.stats().failed()).isEqualTo(2);
  }

  // ------------------------------------------------------------------ the end of the server

  @ParameterizedTest
  @EnumSource
  void aMethodCannotCloseItsServer(Kind kind) throws Exception {
    start(kind.of(builder()));
    Office office = office();
    assertThatThrownBy(office::closeServer)
        .isInstanceOfSatisfying(
            RemoteException.class, e -> assertThat(e.isA(IllegalStateException.class)).isTrue())
        .hasMessageContaining("wait for itself");
    assertThat(server.toString()).doesNotContain("closing");
    assertThat(office.add(1, 2)).isEqualTo(3);
    assertThat(office().add(2, 3)).as("over a new connection").isEqualTo(5);
  }

  /** The address stayed taken. */
  @Test
  void aServerThatCannotStartDoesNotListen() throws Exception {
    Transport transport = Transport.memory("ends-" + RpcContract.NAMES.incrementAndGet());
    assertThatThrownBy(() -> builder(transport).queueCapacity(Integer.MAX_VALUE).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("queueCapacity");
    start(builder(transport));
    assertThat(office().add(1, 2)).isEqualTo(3);
  }

  /** Each of them was waited for, one after the other, to take that its requests are rejected. */
  @Test
  void clientsThatTakeNothingDoNotHoldUpTheEnd() throws Exception {
    TransportOptions options =
        TransportOptions.builder().bufferBytes(1 << 16).maxFrame(1 << 14).build();
    start(
        builder(Transport.memory("ends-" + RpcContract.NAMES.incrementAndGet(), options))
            .workers(1)
            .replyTimeout(Duration.ofHours(1)));
    RawClient client = raw();
    for (int id = 1; id <= 20; id++) {
      client.ask(id, null, "bytes", 10_000);
    }
    RpcContract.until(
        () -> Waits.all().stream().anyMatch(wait -> isForRoom(wait)), "no reply fits any more");
    RpcContract.until(() -> server.stats().pool().queued() > 0, "others wait");
    FutureTask<StopReport> closing = new FutureTask<>(() -> server.close(Duration.ZERO));
    Thread.ofPlatform().daemon().name("closes").start(closing);
    assertThat(closing.get(30, TimeUnit.SECONDS).discarded()).isPositive();
    RpcContract.until(() -> server.stats().connections() == 0, "it is left");
    RpcContract.until(() -> server.stats().inFlight() == 0, "all have ended");
  }

  private boolean isForRoom(Wait wait) {
    return wait.wants().equals("room") && wait.thread().getName().startsWith(server.name());
  }

  private static final Duration LINGER = Duration.ofSeconds(3);

  /**
   * A server whose clients ask for much, and take nothing: more than fits into their memory and
   * that of the sockets, and less than into the server's.
   */
  private void startWithClientsThatTakeNothing(int clients) throws Exception {
    TransportOptions.Builder options = TransportOptions.builder().maxFrame(1 << 14).linger(LINGER);
    Path socket = folder.resolve("socket");
    start(builder(Transport.unixSocket(socket, options.bufferBytes(1 << 23).build())));
    Transport small = Transport.unixSocket(socket, options.bufferBytes(1 << 16).build());
    long replies = 400;
    for (int i = 0; i < clients; i++) {
      RawClient client = new RawClient(server, small);
      open.add(client);
      for (int id = 1; id <= replies; id++) {
        client.ask(id, null, "bytes", 10_000);
      }
    }
    RpcContract.until(
        () -> server.stats().ok() == clients * replies && server.stats().pool().active() == 0,
        "all have been sent");
  }

  @Test
  void allClientsAreLeftAtTheSameTime() throws Exception {
    startWithClientsThatTakeNothing(2);
    long began = System.nanoTime();
    assertThat(server.close(Duration.ZERO).isClean()).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .as("it lingers, but once")
        .isBetween(LINGER.dividedBy(2), LINGER.multipliedBy(2).minusMillis(500));
    RpcContract.until(() -> server.stats().connections() == 0, "all are left");
  }

  @Test
  void whoClosesStaysInterrupted() throws Exception {
    startWithClientsThatTakeNothing(1);
    FutureTask<Boolean> closing =
        new FutureTask<>(() -> {
          Thread.currentThread().interrupt();
          assertThat(server.close(Duration.ZERO)).isNotNull();
          return Thread.currentThread().isInterrupted();
        });
    Thread.ofPlatform().daemon().name("closes").start(closing);
    assertThat(closing.get(30, TimeUnit.SECONDS)).isTrue();
    RpcContract.until(() -> server.stats().connections() == 0, "all are left");
  }
}
