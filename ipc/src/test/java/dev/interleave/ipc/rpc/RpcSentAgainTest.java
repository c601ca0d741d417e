// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.SharedReceiving;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that outlive a connection: whether they ran is not forgotten, nor who gives them up. */
@Timeout(120)
class RpcSentAgainTest {
  private static final Codec CODEC = Codec.compact(MethodHandles.lookup());
  private static final RpcMethod HOLD = RpcMethod.of("hold", long.class, int.class);
  private static final CallOptions SAFE =
      CallOptions.unset().withTimeout(RpcContract.PATIENCE).withRetrySafe(true);

  interface Service {
    long hold(int number);
  }

  private final CountDownLatch letGo = new CountDownLatch(1);
  private final CountDownLatch sending = new CountDownLatch(1);
  private final CountDownLatch maySend = new CountDownLatch(1);
  private final List<Integer> begun = Collections.synchronizedList(new ArrayList<>());
  private final List<Integer> interrupted = Collections.synchronizedList(new ArrayList<>());
  private final Transport transport =
      Transport.memory("again-" + RpcContract.NAMES.incrementAndGet());
  private final Transport nobody =
      Transport.memory("nobody-" + RpcContract.NAMES.incrementAndGet());
  private final List<AutoCloseable> open = new ArrayList<>();
  private volatile boolean unreachable;
  private volatile boolean slow;

  /** Notes interrupts, and goes on. */
  private long hold(int number) {
    begun.add(number);
    while (true) {
      try {
        letGo.await();
        return number;
      } catch (InterruptedException e) {
        interrupted.add(number);
      }
    }
  }

  private RpcServer serve(int limit) throws Exception {
    Service service = this::hold;
    RpcServer server =
        RpcServer.builder(transport)
            .codec(CODEC)
            .register(Service.class, service)
            .workers(4)
            .limit(Service.class, "hold", limit)
            .start();
    open.add(() -> {
      StopReport unused = server.close(Duration.ZERO);
    });
    return server;
  }

  private RpcClient connect(Duration giveUpAfter) throws Exception {
    RpcClient client =
        RpcClient.over(this::connection)
            .codec(CODEC)
            .reconnect(Duration.ofMillis(1), Duration.ofMillis(5), giveUpAfter)
            .connect();
    open.add(client);
    return client;
  }

  private Connection connection(Deadline deadline) throws TransportException, InterruptedException {
    Connection real = (unreachable ? nobody : transport).connect(deadline);
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class, SharedReceiving.class},
            (proxy, method, arguments) -> {
              if (slow
                  && arguments != null
                  && arguments[0] instanceof ByteBuffer frame
                  && frame.get(frame.position()) == Frames.REQUEST) {
                sending.countDown();
                maySend.await();
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @AfterEach
  void close() throws Exception {
    letGo.countDown();
    maySend.countDown();
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private CompletableFuture<?> held(RpcClient client, CallOptions options) throws Exception {
    CompletableFuture<?> call = client.callAsync("Service", HOLD, options, 1);
    RpcContract.until(() -> begun.size() == 1, "it runs");
    return call;
  }

  private static void assertMayHaveRun(CompletableFuture<?> call, String reason) {
    assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(PeerLostException.class, e -> assertThat(e.mayHaveRun()).isTrue())
        .hasMessageContaining(reason);
  }

  /** It was said that it had certainly not. */
  @Test
  void whatCannotBeSentAgainMayHaveRun() throws Exception {
    RpcServer server = serve(4);
    RpcClient client = connect(Duration.ofMillis(50));
    CompletableFuture<?> safe = held(client, SAFE);
    unreachable = true;
    server.dropConnections();
    assertMayHaveRun(safe, "Service.hold(I)");
    assertThat(begun).containsExactly(1);
    assertThat(client.stats().lost()).isEqualTo(1);
  }

  /** It was said that it was not sent. */
  @Test
  void whatRunsOutOfTimeBetweenTwoConnectionsWasSent() throws Exception {
    RpcServer server = serve(4);
    RpcClient client = connect(RpcContract.PATIENCE);
    CompletableFuture<?> safe = held(client, SAFE.withTimeout(Duration.ofMillis(1500)));
    unreachable = true;
    server.dropConnections();
    assertThatThrownBy(() -> safe.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(CallTimeoutException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("not sent"));
  }

  /** It was said that it did not run, which is true of the second time only. */
  @Test
  void whatIsRejectedWhenItIsSentAgainMayHaveRun() throws Exception {
    RpcServer server = serve(1);
    RpcClient client = connect(RpcContract.PATIENCE);
    CompletableFuture<?> safe = held(client, SAFE);
    server.dropConnections();
    assertMayHaveRun(safe, "the limit of Service.hold(I) is reached");
    assertThat(begun).containsExactly(1);
    assertThat(client.stats().rejected()).isEqualTo(1);
  }

  /** The cancel came before the request, to a server that knew nothing of it yet. */
  @Test
  void whatIsCancelledWhileItIsSentAgainEnds() throws Exception {
    RpcServer server = serve(4);
    RpcClient client = connect(RpcContract.PATIENCE);
    CompletableFuture<?> safe = held(client, SAFE);
    slow = true;
    server.dropConnections();
    RpcContract.until(() -> interrupted.size() == 1, "the first is stopped");
    assertThat(sending.await(30, TimeUnit.SECONDS)).as("it is sent again").isTrue();
    assertThat(safe.cancel(true)).isTrue();
    RpcContract.until(() -> server.stats().ignored() == 1, "the cancel arrives");
    maySend.countDown();
    RpcContract.until(() -> server.stats().cancelled() == 2, "the second is, too");
  }

  @Test
  void aKeyThatIsNoTextIsNotSaidToBeTooLarge() throws Exception {
    RpcServer unused = serve(4);
    RpcClient client = connect(RpcContract.PATIENCE);
    assertThatThrownBy(() -> client.call("Service", HOLD, SAFE.withIdempotencyKey("a\uD800"), 1))
        .isInstanceOf(BadArgumentException.class)
        .hasMessageContaining("unpaired surrogate")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("too large"));
    assertThat(begun).isEmpty();
  }
}
