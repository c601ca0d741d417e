// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static java.util.Objects.requireNonNull;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportException;
import dev.interleave.ipc.transport.TransportOptions;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What the tests of this package have in common: they lie beside what they look into. */
final class Calls {
  /** No call of these tests ends by it. */
  static final CallOptions PATIENT = CallOptions.unset().withTimeout(Duration.ofHours(1));

  static final RpcMethod GET = RpcMethod.of("get", long.class);
  static final RpcMethod LATER = RpcMethod.of("later", Long.class, long.class);

  private static final AtomicLong COUNT = new AtomicLong();
  private static final TransportOptions SMALL =
      TransportOptions.builder().bufferBytes(1 << 16).maxFrame(1 << 14).build();
  private static final int MANY = 1_000_000;

  private Calls() {}

  interface Box {
    long get();

    CompletableFuture<Long> later(long number);
  }

  /** Keeps its promises by numbers that nobody else has. */
  static final class Promises implements Box {
    private final Map<Long, CompletableFuture<Long>> promises = new ConcurrentHashMap<>();

    long make() {
      long number = COUNT.incrementAndGet();
      promises.put(number, new CompletableFuture<>());
      return number;
    }

    void keep(long number) {
      later(number).complete(number);
    }

    void forget(long number) {
      promises.remove(number);
    }

    @Override
    public long get() {
      return 1;
    }

    @Override
    public CompletableFuture<Long> later(long number) {
      CompletableFuture<Long> promise = promises.get(number);
      return promise == null
          ? CompletableFuture.failedFuture(new IllegalArgumentException("forgotten"))
          : promise;
    }
  }

  static Transport memory() {
    return Transport.memory("jcstress-rpc-" + COUNT.incrementAndGet(), SMALL);
  }

  static RpcServer.Builder server(Box box) {
    return RpcServer.builder(memory())
        .lookup(MethodHandles.lookup())
        .register(Box.class, box)
        .virtualWorkers(16)
        .queueCapacity(MANY)
        .maxInFlight(MANY)
        .maxConnections(MANY);
  }

  static RpcServer started(RpcServer.Builder server) {
    try {
      return server.start();
    } catch (TransportException e) {
      throw new IllegalStateException(e);
    }
  }

  static RpcClient connected(RpcClient.Builder client) {
    try {
      return client.connect();
    } catch (TransportException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Lets the client's thread read, and its callers follow: for a future that nobody completes. */
  static RpcClient readByItsThread(RpcClient client, Promises promises) {
    CompletableFuture<?> unused = client.callAsync("Box", LATER, PATIENT, promises.make());
    return client;
  }

  /** One server and one client for all states. */
  static final class Shared {
    static final Promises PROMISES = new Promises();
    static final RpcServer SERVER = started(server(PROMISES));
    static final RpcClient CLIENT =
        connected(
            RpcClient.builder(SERVER.transport()).maxPending(MANY).completions(Runnable::run));

    private Shared() {}
  }

  /** A server that loses its clients: those of one state, of which there is one at a time. */
  static final class Losing {
    static final Promises PROMISES = new Promises();
    static final RpcServer SERVER = started(server(PROMISES));

    private Losing() {}
  }

  /** The session of the client for all states; it has no way out of there but this. */
  static ClientSession session() {
    try {
      Field link = RpcClient.class.getDeclaredField("link");
      link.setAccessible(true);
      Field session = ClientLink.class.getDeclaredField("session");
      session.setAccessible(true);
      return requireNonNull((ClientSession) session.get(link.get(Shared.CLIENT)));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("not the client that this was written for", e);
    }
  }

  /** A call that nobody has sent. */
  static PendingCall pending(long id) {
    return new PendingCall(
        id, Method.GET, CallOptions.unset(), Deadline.none(), Map.of(), new byte[0], null);
  }

  private static final class Method {
    static final ClientMethod GET =
        new ClientMethod(
            "Box",
            "get()",
            Codec.compact().arguments(),
            Codec.compact().coder(long.class),
            CallOptions.unset(),
            new Latency());
  }

  static Outcome failure(Outcome.Kind kind) {
    return new Outcome.Failure(kind, () -> new IllegalStateException(kind.name()));
  }
}
