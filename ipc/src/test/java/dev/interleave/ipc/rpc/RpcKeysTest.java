// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportOptions;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What has begun to run with a key is never run again, and what others wait for is not stopped. */
@Timeout(120)
class RpcKeysTest {
  private static final String KEY = "order-7";

  /** Public, as the server reaches it by the lookup of another package. */
  public interface Work {
    long now(int number);

    long hold(int number) throws InterruptedException;

    long insist(int number);

    CompletableFuture<Long> later(int number);

    CompletionStage<Long> closed(int number);

    byte[] bytes(int size);
  }

  private static final class Bench implements Work {
    final List<Integer> begun = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch interrupted = new CountDownLatch(1);
    final CountDownLatch letGo = new CountDownLatch(1);
    final CompletableFuture<Long> later = new CompletableFuture<>();

    @Override
    public long now(int number) {
      begun.add(number);
      return number;
    }

    /** Heeds the interrupt. */
    @Override
    public long hold(int number) throws InterruptedException {
      begun.add(number);
      try {
        letGo.await();
        return number;
      } catch (InterruptedException e) {
        interrupted.countDown();
        throw e;
      }
    }

    /** Notes the interrupt, and goes on. */
    @Override
    public long insist(int number) {
      begun.add(number);
      while (true) {
        try {
          letGo.await();
          return number;
        } catch (InterruptedException e) {
          interrupted.countDown();
        }
      }
    }

    @Override
    public CompletableFuture<Long> later(int number) {
      begun.add(number);
      return later;
    }

    /** Gives what cannot be waited for. */
    @Override
    @SuppressWarnings("unchecked") // nothing ever comes out of it
    public CompletionStage<Long> closed(int number) {
      long unused = insist(number);
      return (CompletionStage<Long>)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {CompletionStage.class},
              (proxy, method, arguments) -> {
                throw new UnsupportedOperationException("as its contract allows");
              });
    }

    @Override
    public byte[] bytes(int size) {
      begun.add(size);
      return new byte[size];
    }
  }

  private final Bench bench = new Bench();
  private final List<AutoCloseable> open = new ArrayList<>();

  private RpcServer.Builder server(TransportOptions options) {
    return RpcServer.builder(
            Transport.memory("keys-" + RpcContract.NAMES.incrementAndGet(), options))
        .codec(RpcContract.codec())
        .register(Work.class, bench)
        .workers(2);
  }

  private RpcServer started(RpcServer.Builder builder) throws Exception {
    RpcServer server = builder.start();
    open.add(server);
    return server;
  }

  private RpcServer started() throws Exception {
    return started(server(TransportOptions.defaults()));
  }

  private RawClient client(RpcServer server) throws Exception {
    RawClient client = new RawClient(server);
    open.add(client);
    return client;
  }

  @AfterEach
  void close() throws Exception {
    bench.letGo.countDown();
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private void untilBegun(int number) throws InterruptedException {
    RpcContract.until(() -> bench.begun.contains(number), "it runs: " + number);
  }

  private void untilInterrupted() throws InterruptedException {
    assertThat(bench.interrupted.await(30, TimeUnit.SECONDS)).as("interrupted").isTrue();
  }

  private static void untilAskedAgain(RpcServer server, int times) throws InterruptedException {
    RpcContract.until(() -> server.stats().repeated() == times, "asked again: " + times);
  }

  private static void untilNoKeyIsUnderWay(RpcServer server) throws InterruptedException {
    RpcContract.until(() -> server.replays().running() == 0, "no key is under way");
  }

  /** All that it has sent before has been read. */
  private static void untilRead(RawClient client) throws Exception {
    client.ask(1000, null, "now", -1);
    assertThat(client.reply(1000, long.class)).isEqualTo(-1L);
  }

  // ------------------------------------------------------------------ runs once

  @Test
  void whatWasCancelledWhileItRanIsNotRunAgain() throws Exception {
    RpcServer server = started();
    RawClient client = client(server);
    client.ask(1, KEY, "insist", 1);
    untilBegun(1);
    client.cancel(1);
    untilInterrupted();
    RpcContract.until(() -> server.stats().inFlight() == 0, "it has ended for its client");
    client.ask(2, KEY, "insist", 2);
    untilAskedAgain(server, 1);
    bench.letGo.countDown();
    assertThat(client.reply(2, long.class)).as("what the first came to").isEqualTo(1L);
    client.ask(3, KEY, "insist", 3);
    assertThat(client.reply(3, long.class)).as("remembered").isEqualTo(1L);
    assertThat(bench.begun).containsExactly(1);
    assertThat(server.stats().cancelled()).isEqualTo(1);
    assertThat(server.stats().ok()).as("for its own client").isZero();
    untilNoKeyIsUnderWay(server);
  }

  @Test
  void whatRanOutOfTimeIsNotRunAgain() throws Exception {
    RpcServer server = started();
    RawClient client = client(server);
    client.ask(1, KEY, Duration.ofSeconds(1), "hold", 1);
    untilBegun(1);
    untilInterrupted();
    untilNoKeyIsUnderWay(server);
    client.ask(2, KEY, "hold", 2);
    assertThat(client.error(2, Frames.Code.REMOTE)).contains("InterruptedException");
    assertThat(bench.begun).containsExactly(1);
    assertThat(server.stats().timedOut()).isEqualTo(1);
    assertThat(server.stats().inFlight()).isZero();
  }

  @Test
  void theCancelledFutureOfAnAsynchronousMethodIsRemembered() throws Exception {
    RpcServer server = started();
    RawClient client = client(server);
    client.ask(1, KEY, "later", 1);
    untilBegun(1);
    RpcContract.until(() -> server.stats().pool().active() == 0, "it has returned its future");
    client.cancel(1);
    RpcContract.until(bench.later::isCancelled, "the future is cancelled");
    untilNoKeyIsUnderWay(server);
    client.ask(2, KEY, "later", 2);
    assertThat(client.error(2, Frames.Code.REMOTE)).contains("CancellationException");
    assertThat(bench.begun).containsExactly(1);
  }

  @Test
  void whatWasCancelledWhileItWaitedMayBeTriedAgain() throws Exception {
    RpcServer server = started(server(TransportOptions.defaults()).workers(1));
    RawClient client = client(server);
    client.ask(1, null, "hold", 1);
    untilBegun(1);
    client.ask(2, KEY, "now", 2);
    client.cancel(2);
    RpcContract.until(() -> server.stats().cancelled() == 1, "it is cancelled");
    untilNoKeyIsUnderWay(server);
    client.ask(3, KEY, "now", 3);
    bench.letGo.countDown();
    assertThat(client.reply(1, long.class)).isEqualTo(1L);
    assertThat(client.reply(3, long.class)).isEqualTo(3L);
    assertThat(bench.begun).containsExactly(1, 3);
    assertThat(server.stats().repeated()).isZero();
  }

  @Test
  void whatRanOutOfTimeWhileItWaitedMayBeTriedAgain() throws Exception {
    RpcServer server = started(server(TransportOptions.defaults()).workers(1));
    RawClient client = client(server);
    client.ask(1, null, "hold", 1);
    untilBegun(1);
    client.ask(2, KEY, Duration.ofMillis(1), "now", 2);
    RpcContract.until(() -> server.stats().expired() == 1, "its time is up");
    untilNoKeyIsUnderWay(server);
    client.ask(3, KEY, "now", 3);
    bench.letGo.countDown();
    assertThat(client.reply(1, long.class)).isEqualTo(1L);
    assertThat(client.reply(3, long.class)).isEqualTo(3L);
    assertThat(bench.begun).containsExactly(1, 3);
  }

  @Test
  void argumentsThatCannotBeReadDoNotTakeTheKey() throws Exception {
    RpcServer server = started();
    RawClient client = client(server);
    client.ask(1, KEY, null, "now", new byte[] {99});
    assertThat(client.error(1, Frames.Code.BAD_ARGUMENT)).isNotEmpty();
    untilNoKeyIsUnderWay(server);
    client.ask(2, KEY, "now", 2);
    assertThat(client.reply(2, long.class)).isEqualTo(2L);
    assertThat(server.stats().repeated()).isZero();
  }

  @Test
  void thePlaceOfAMethodIsTakenUntilItHasReallyEnded() throws Exception {
    RpcServer server = started(server(TransportOptions.defaults()).limit(Work.class, "insist", 1));
    RawClient client = client(server);
    client.ask(1, KEY, "insist", 1);
    untilBegun(1);
    client.cancel(1);
    untilInterrupted();
    client.ask(2, null, "insist", 2);
    assertThat(client.error(2, Frames.Code.REJECTED)).contains("limit");
    bench.letGo.countDown();
    untilNoKeyIsUnderWay(server);
    client.ask(3, null, "insist", 3);
    assertThat(client.reply(3, long.class)).isEqualTo(3L);
    assertThat(bench.begun).containsExactly(1, 3);
  }

  /** It kept its key, and its place, for ever. */
  @Test
  void whatFailsBesideItsMethodAfterACancelEnds() throws Exception {
    RpcServer server = started(server(TransportOptions.defaults()).limit(Work.class, "closed", 1));
    RawClient client = client(server);
    client.ask(1, KEY, "closed", 1);
    untilBegun(1);
    client.cancel(1);
    untilInterrupted();
    bench.letGo.countDown();
    untilNoKeyIsUnderWay(server);
    client.ask(2, KEY, "closed", 2);
    assertThat(client.error(2, Frames.Code.REMOTE)).contains("UnsupportedOperationException");
    client.ask(3, null, "closed", 3);
    assertThat(client.error(3, Frames.Code.REMOTE)).as("the place is free").contains("allows");
    assertThat(bench.begun).containsExactly(1, 3);
  }

  /** It displaced what was remembered of all others, and was not remembered either. */
  @Test
  void aReplyThatIsTooLongToBeRememberedIsNotForgottenToHaveRun() throws Exception {
    TransportOptions options =
        TransportOptions.builder().bufferBytes(1 << 27).maxFrame(1 << 25).build();
    RpcServer server = started(server(options));
    RawClient client = client(server);
    client.ask(1, "other", "now", 1);
    assertThat(client.reply(1, long.class)).isEqualTo(1L);
    int size = 17 << 20;
    client.ask(2, KEY, "bytes", size);
    assertThat((byte[]) client.reply(2, byte[].class)).hasSize(size);
    client.ask(3, KEY, "bytes", size);
    assertThat(client.error(3, Frames.Code.BAD_RESULT)).contains("has run");
    client.ask(4, "other", "now", 4);
    assertThat(client.reply(4, long.class)).as("still remembered").isEqualTo(1L);
    assertThat(bench.begun).containsExactly(1, size);
  }

  // ------------------------------------------------------------------ who waits

  /** One asks again and cancels the first, again and again: each leaves a future that goes on. */
  @Test
  void thoseWhoAskAgainAreRequestsOfTheirConnection() throws Exception {
    RpcServer server = started(server(TransportOptions.defaults()).maxInFlight(3));
    RawClient client = client(server);
    client.ask(1, "one", "later", 1);
    client.ask(2, "one", "later", 2);
    client.cancel(1);
    client.ask(3, "two", "later", 3);
    client.ask(4, "two", "later", 4);
    client.ask(5, "two", "later", 5);
    assertThat(client.error(5, Frames.Code.REJECTED)).contains("more than 3 requests");
    client.ask(6, "three", "later", 6);
    assertThat(client.error(6, Frames.Code.REJECTED)).contains("more than 3 requests");
    client.cancel(4);
    client.ask(7, null, "now", 7);
    assertThat(client.reply(7, long.class)).as("there is room again").isEqualTo(7L);
    RpcContract.until(() -> bench.begun.size() == 3, "all have begun");
    assertThat(bench.begun).contains(1, 3, 7);
    bench.later.complete(1L);
  }

  /** What it is sent is noted, or finds no room until it is let go. */
  private final class Client {
    final CompletableFuture<Boolean> told = new CompletableFuture<>();
    final ServerLink link;

    Client(RpcServer server, boolean takes) {
      Connection connection =
          (Connection)
              Proxy.newProxyInstance(
                  getClass().getClassLoader(),
                  new Class<?>[] {Connection.class},
                  (proxy, method, arguments) ->
                      switch (method.getName()) {
                        case "maxFrame" -> 1 << 14;
                        case "trySend" -> takes && told.complete(true);
                        case "send" -> {
                          if (!takes) {
                            bench.letGo.await();
                          }
                          told.complete(true);
                          yield null;
                        }
                        default -> throw new AssertionError(method);
                      });
      link = new ServerLink(server, connection);
    }
  }

  @Test
  void whoTakesNoReplyDoesNotKeepOthersWaitingForTheirs() throws Exception {
    RpcServer server = started();
    Client own = new Client(server, true);
    Client other = new Client(server, true);
    List<Client> stuck = List.of(new Client(server, false), new Client(server, false));
    ServerMethod method = method(server, "now");
    Replays.Replay replay = requireNonNull(server.replays().begin(method, KEY, own.link, 1));
    byte[] arguments = method.shape.arguments().toBytes(new Object[] {1});
    ServerCall call =
        new ServerCall(
            own.link, 1, method, Deadline.none(), 0, Map.of(), new Decoder(arguments), replay);
    replay.isOf(call);
    for (Client client : stuck) {
      assertThat(server.replays().begin(method, KEY, client.link, 2)).isNull();
    }
    assertThat(server.replays().begin(method, KEY, other.link, 3)).isNull();
    FutureTask<?> worker = new FutureTask<>(call);
    Thread.ofPlatform().daemon().name("worker").start(worker);
    assertThat(own.told.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(other.told.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(stuck).noneMatch(client -> client.told.isDone());
    bench.letGo.countDown();
    worker.get(30, TimeUnit.SECONDS);
    assertThat(stuck).allMatch(client -> client.told.isDone());
  }

  private static ServerMethod method(RpcServer server, String name) {
    for (int i = 0; ; i++) {
      ServerMethod method = requireNonNull(server.method(i), name);
      if (method.shape.method().getName().equals(name)) {
        return method;
      }
    }
  }

  @Test
  void whoAskedAgainAfterAReconnectCanCancel() throws Exception {
    RpcServer server = started();
    RawClient first = client(server);
    first.ask(1, KEY, "hold", 1);
    untilBegun(1);
    first.close();
    RpcContract.until(() -> server.stats().connections() == 0, "the first connection ends");
    RawClient second = client(server);
    second.ask(7, KEY, "hold", 2);
    untilAskedAgain(server, 1);
    second.cancel(7);
    untilInterrupted();
    untilNoKeyIsUnderWay(server);
    untilRead(second); // and nothing else has come
    assertThat(server.stats().ignored()).isZero();
    assertThat(server.stats().cancelled()).isEqualTo(1);
    assertThat(bench.begun).containsExactly(1, -1);
  }

  @Test
  void whoAskedAgainDoesNotCancelForTheFirst() throws Exception {
    RpcServer server = started();
    RawClient first = client(server);
    RawClient second = client(server);
    first.ask(1, KEY, "hold", 1);
    untilBegun(1);
    second.ask(1, KEY, "hold", 2);
    second.ask(2, KEY, "hold", 3);
    untilAskedAgain(server, 2);
    second.cancel(1);
    second.cancel(2);
    untilRead(second);
    bench.letGo.countDown();
    assertThat(first.reply(1, long.class)).isEqualTo(1L);
    untilRead(second); // and nothing else has come
    assertThat(bench.interrupted.getCount()).isEqualTo(1);
  }

  @Test
  void theFirstDoesNotCancelForWhoAskedAgain() throws Exception {
    RpcServer server = started();
    RawClient first = client(server);
    RawClient second = client(server);
    first.ask(1, KEY, "hold", 1);
    untilBegun(1);
    second.ask(5, KEY, "hold", 2);
    second.ask(6, KEY, "hold", 3);
    untilAskedAgain(server, 2);
    first.cancel(1);
    RpcContract.until(() -> server.stats().cancelled() == 1, "the first leaves");
    assertThat(server.stats().inFlight()).isZero();
    second.cancel(6);
    untilRead(second);
    bench.letGo.countDown();
    assertThat(second.reply(5, long.class)).isEqualTo(1L);
    untilRead(first); // and nothing else has come
    assertThat(bench.interrupted.getCount()).isEqualTo(1);
    assertThat(bench.begun).containsExactly(1, -1, -1);
  }

  /**
   * One runs, one with a key waits behind it and is asked for again, and who asked first leaves.
   */
  private void leaveInLine(RpcServer server, RawClient first, RawClient second) throws Exception {
    first.ask(1, null, "hold", 1);
    untilBegun(1);
    first.ask(2, KEY, "now", 2);
    RpcContract.until(() -> server.stats().inFlight() == 2, "it waits");
    second.ask(5, KEY, "now", 5);
    untilAskedAgain(server, 1);
    first.cancel(2);
    RpcContract.until(() -> server.stats().cancelled() == 1, "the first leaves");
  }

  @Test
  void whatWaitsRunsForWhoAskedAgain() throws Exception {
    RpcServer server = started(server(TransportOptions.defaults()).workers(1));
    RawClient first = client(server);
    RawClient second = client(server);
    leaveInLine(server, first, second);
    bench.letGo.countDown();
    assertThat(second.reply(5, long.class)).isEqualTo(2L);
    assertThat(first.reply(1, long.class)).isEqualTo(1L);
    untilRead(first); // and nothing else has come
    assertThat(bench.begun).containsExactly(1, 2, -1);
  }

  @Test
  void whatWaitsIsTakenBackWhenTheLastLeaves() throws Exception {
    RpcServer server = started(server(TransportOptions.defaults()).workers(1));
    RawClient first = client(server);
    RawClient second = client(server);
    leaveInLine(server, first, second);
    second.cancel(5);
    untilNoKeyIsUnderWay(server);
    assertThat(server.stats().pool().queued()).isZero();
    bench.letGo.countDown();
    assertThat(first.reply(1, long.class)).isEqualTo(1L);
    untilRead(second); // and nothing else has come
    assertThat(bench.begun).containsExactly(1, -1);
    assertThat(server.stats().cancelled()).isEqualTo(1);
  }

  @Test
  void whoseConnectionEndsWaitsNoMore() throws Exception {
    RpcServer server = started();
    RawClient first = client(server);
    RawClient second = client(server);
    first.ask(1, KEY, "hold", 1);
    untilBegun(1);
    second.ask(5, KEY, "hold", 2);
    untilAskedAgain(server, 1);
    second.close();
    RpcContract.until(() -> server.stats().connections() == 1, "the second connection ends");
    first.ask(2, KEY, "hold", 3); // the reader of the second may still be about to drop
    untilAskedAgain(server, 2);
    first.cancel(2);
    untilRead(first);
    assertThat(bench.interrupted.getCount()).isEqualTo(1);
    first.cancel(1);
    untilInterrupted();
  }

  @Test
  void thoseWhoWaitForOneKeyAreBounded() throws Exception {
    RpcServer server = started();
    RawClient first = client(server);
    RawClient second = client(server);
    first.ask(1, KEY, "hold", 1);
    untilBegun(1);
    for (int i = 0; i < Replays.MAX_ASKERS; i++) {
      second.ask(10 + i, KEY, "hold", 2);
    }
    second.ask(9, KEY, "hold", 2);
    assertThat(second.error(9, Frames.Code.REJECTED)).contains("64");
    assertThat(server.stats().rejected()).isEqualTo(1);
    second.cancel(10);
    second.ask(8, KEY, "hold", 2);
    untilAskedAgain(server, Replays.MAX_ASKERS + 1);
    bench.letGo.countDown();
    assertThat(first.reply(1, long.class)).isEqualTo(1L);
    for (int i = 1; i < Replays.MAX_ASKERS; i++) {
      assertThat(second.reply(10 + i, long.class)).isEqualTo(1L);
    }
    assertThat(second.reply(8, long.class)).isEqualTo(1L);
  }

  @Test
  void anIdThatWaitsForAKeyIsNotUsedTwice() throws Exception {
    RpcServer server = started();
    RawClient client = client(server);
    client.ask(1, KEY, "hold", 1);
    client.ask(2, KEY, "hold", 2);
    client.ask(2, null, "now", 2);
    assertThat(client.goodbye()).contains("used twice: 2");
  }

  // ------------------------------------------------------------------ the protocol

  @ParameterizedTest
  @ValueSource(ints = {0, CallOptions.MAX_KEY + 1})
  void aKeyOfAWrongLengthBreaksTheProtocol(int length) throws Exception {
    RpcServer server = started();
    RawClient client = client(server);
    client.ask(1, "k".repeat(length), "now", 1);
    assertThat(client.goodbye()).contains("1 to 128 characters: " + length);
    assertThat(server.stats().broken()).isEqualTo(1);
    assertThat(bench.begun).isEmpty();
  }

  @Test
  void aReplyThatIsTooLongWithAnotherIdIsAnError() throws Exception {
    int maxFrame = 1 << 14;
    RpcServer server =
        started(server(TransportOptions.builder().bufferBytes(1 << 16).maxFrame(maxFrame).build()));
    RawClient client = client(server);
    int frame = maxFrame - 2; // kind, and id in one byte
    int size =
        frame - (RpcContract.codec().coder(byte[].class).toBytes(new byte[frame]).length - frame);
    client.ask(127, KEY, "bytes", size);
    assertThat((byte[]) client.reply(127, byte[].class)).as("just fits").hasSize(size);
    client.ask(128, KEY, "bytes", size);
    assertThat(client.error(128, Frames.Code.BAD_RESULT)).contains("16385").contains("16384");
    client.ask(129, KEY, "bytes", size);
    assertThat(client.error(129, Frames.Code.BAD_RESULT)).contains("16385");
    assertThat(bench.begun).containsExactly(size);
    assertThat(server.stats().repliesLost()).isZero();
  }
}
