// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interleave.Deadline;
import dev.interleave.StopReport;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.FrameHandler;
import dev.interleave.ipc.transport.SharedReceiving;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An error strikes who reads for a client: the thread itself, or a caller that waits. The session
 * ends with it, so that nobody waits for a reply that nobody reads, and there can be a next one.
 */
class RpcReaderErrorsTest {
  private static final Codec CODEC = Codec.compact(MethodHandles.lookup());

  interface Service {
    int add(int a, int b);

    CompletableFuture<Integer> later(int value);

    CompletableFuture<Integer> never();
  }

  private final Transport transport =
      Transport.memory("errors-" + RpcContract.NAMES.incrementAndGet());
  private final AssertionError error = new AssertionError("out of luck");

  /** Thrown where the next frame is read. */
  private final AtomicReference<@Nullable Error> next = new AtomicReference<>();

  /** Thrown where a connection is made. */
  private volatile @Nullable Error unconnectable;

  private RpcServer server;

  @BeforeEach
  void serve() throws Exception {
    Service service =
        new Service() {
          @Override
          public int add(int a, int b) {
            return a + b;
          }

          @Override
          public CompletableFuture<Integer> later(int value) {
            return CompletableFuture.completedFuture(value);
          }

          @Override
          public CompletableFuture<Integer> never() {
            return new CompletableFuture<>();
          }
        };
    server = RpcServer.builder(transport).codec(CODEC).register(Service.class, service).start();
  }

  @AfterEach
  void close() {
    StopReport unused = server.close(Duration.ZERO); // "never" never ends
  }

  private RpcClient.Builder client() {
    return RpcClient.over(this::connect).codec(CODEC).timeout(RpcContract.PATIENCE);
  }

  private RpcClient.Builder reconnecting() {
    return client().reconnect(Duration.ofMillis(1), Duration.ofMillis(5), RpcContract.PATIENCE);
  }

  private Connection connect(Deadline deadline) throws TransportException, InterruptedException {
    Error thrown = unconnectable;
    if (thrown != null) {
      throw thrown;
    }
    Connection real = transport.connect(deadline);
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class, SharedReceiving.class},
            (proxy, method, arguments) -> {
              if (arguments != null && arguments[0] instanceof FrameHandler handler) {
                arguments[0] = (FrameHandler) frame -> struck(handler, frame);
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void struck(FrameHandler handler, ByteBuffer frame) {
    Error thrown = next.getAndSet(null);
    if (thrown != null) {
      throw thrown;
    }
    handler.frame(frame);
  }

  private void assertLost(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(PeerLostException.class).hasCause(error);
  }

  private void assertLost(CompletableFuture<?> call) {
    assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(PeerLostException.class)
        .hasCause(error);
  }

  /** The thread died with its turn, and all calls waited until their time was up. */
  @Test
  void anErrorOfTheReadingThreadFailsAllPendingCalls() throws Exception {
    try (RpcClient client = client().connect()) {
      Service service = client.proxy(Service.class);
      CompletableFuture<Integer> pending = service.never();
      RpcContract.until(() -> server.stats().received() == 1, "it arrives");
      next.set(error);
      assertLost(service.later(1));
      assertLost(pending);
      assertThat(client.pending()).isEmpty();
      RpcContract.until(() -> !client.stats().connected(), "the connection ends");
      assertLost(() -> service.add(1, 2));
    }
  }

  @Test
  void afterAnErrorOfTheReadingThreadTheClientConnectsAgain() throws Exception {
    try (RpcClient client = reconnecting().connect()) {
      Service service = client.proxy(Service.class);
      next.set(error);
      assertLost(service.later(1));
      assertThat(service.later(2).get(10, TimeUnit.SECONDS)).isEqualTo(2);
      assertThat(service.add(1, 2)).isEqualTo(3);
      assertThat(client.stats().reconnects()).isEqualTo(1);
    }
  }

  /** It came out of the call as it was, and what was read was left as it happened to be. */
  @Test
  void anErrorOfACallerThatReadsEndsTheSession() throws Exception {
    try (RpcClient client = reconnecting().connect()) {
      Service service = client.proxy(Service.class);
      for (int i = 0; i < 5; i++) {
        next.set(error);
        assertLost(() -> service.add(1, 2));
        assertThat(service.add(i, 2)).isEqualTo(i + 2);
      }
      assertThat(client.stats().reconnects()).isEqualTo(5);
    }
  }

  @Test
  void anErrorWhileItConnectsAgainFailsAllCalls() throws Exception {
    try (RpcClient client = reconnecting().connect()) {
      CallOptions safe = CallOptions.unset().withTimeout(RpcContract.PATIENCE).withRetrySafe(true);
      CompletableFuture<Integer> pending = client.proxy(Service.class, safe).never();
      RpcContract.until(() -> server.stats().received() == 1, "it arrives");
      unconnectable = error;
      server.dropConnections();
      assertLost(pending);
      assertLost(() -> client.proxy(Service.class, safe).add(1, 2));
    }
  }
}
