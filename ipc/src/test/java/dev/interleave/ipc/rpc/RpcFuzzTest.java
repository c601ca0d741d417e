// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.Listener;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportException;
import dev.interleave.ipc.transport.TransportOptions;
import dev.interleave.ipc.transport.TransportTimeoutException;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Messages that no client and no server would send: those of the protocol with changes, those of
 * the other side, and bytes at random, each conversation over a connection of its own. Whoever gets
 * them goes on, or ends the connection with a reason that has a name; nothing waits for ever; and
 * who comes next is served.
 */
class RpcFuzzTest {
  private static final boolean THOROUGH = Boolean.getBoolean("interleave.thorough");

  /** Conversations, of some messages each. */
  private static final int INPUTS = THOROUGH ? 50_000 : 1_500;

  private static final int THOROUGH_MINUTES = 15;
  private static final long SEED = Long.getLong("interleave.seed", 9_000_000L);

  /** The id of a request that is sent last, and that nothing else has. */
  private static final long PROBE = 1L << 40;

  private static final Codec CODEC = Codec.compact(MethodHandles.lookup());
  private static final CallOptions OPTIONS = CallOptions.unset().withTimeout(RpcContract.PATIENCE);
  private static final RpcMethod GET = RpcMethod.of("get", int.class);

  private static final TransportOptions SMALL =
      TransportOptions.builder().bufferBytes(64 << 10).maxFrame(8 << 10).build();

  record Order(String item, List<Integer> counts) {}

  interface Service {
    int add(int a, int b);

    String echo(String text);

    Order twice(Order order);

    CompletableFuture<Integer> later(int value);
  }

  private static final class Served implements Service {
    @Override
    public int add(int a, int b) {
      return a + b;
    }

    @Override
    public String echo(String text) {
      return text;
    }

    @Override
    public Order twice(Order order) {
      return order; // null as well, which then is the result
    }

    @Override
    public CompletableFuture<Integer> later(int value) {
      return CompletableFuture.completedFuture(value);
    }
  }

  private static Transport transport() {
    return Transport.memory("fuzz-" + RpcContract.NAMES.incrementAndGet(), SMALL);
  }

  private static Deadline soon() {
    return Deadline.after(RpcContract.PATIENCE);
  }

  private static byte[] bytes(ByteBuffer message) {
    byte[] bytes = new byte[message.remaining()];
    message.get(bytes);
    return bytes;
  }

  /** A change of one of these messages, with pieces of the others; or bytes at random. */
  private static ByteBuffer changed(List<byte[]> valid, SplittableRandom random) {
    if (random.nextInt(10) == 0) {
      byte[] noise = new byte[random.nextInt(40)];
      random.nextBytes(noise);
      if (noise.length > 0 && random.nextBoolean()) {
        noise[0] = (byte) random.nextInt(9); // else nearly all is of no kind
      }
      return ByteBuffer.wrap(noise);
    }
    byte[] one = valid.get(random.nextInt(valid.size()));
    byte[] other = valid.get(random.nextInt(valid.size()));
    return ByteBuffer.wrap(Mutation.of(one, other, random.nextInt(2), random));
  }

  // ------------------------------------------------------------------ into a server

  private static byte[] hello() {
    Encoder out = new Encoder();
    new Frames.Hello("fuzz", CODEC.name()).write(out);
    return out.toByteArray();
  }

  private static byte[] request(long id, int method, Deadline deadline, byte... arguments) {
    Encoder out = new Encoder();
    out.writeByte(Frames.REQUEST);
    out.writeUnsigned(id);
    out.writeUnsigned(method);
    out.writeUnsigned(deadline.isNone() ? 0 : deadline.remainingNanos() + 1);
    out.writeByte(5);
    out.writeString(id == 3 ? "key" : null);
    out.writeUnsigned(1);
    out.writeString("name");
    out.writeString("text");
    out.writeBytes(arguments);
    return out.toByteArray();
  }

  /** What clients send. */
  private static List<byte[]> requests() {
    return List.of(
        hello(),
        request(1, 0, Deadline.none(), CODEC.arguments(int.class, int.class).toBytes(args(1, 2))),
        request(2, 1, Deadline.none(), CODEC.arguments(String.class).toBytes(args("text"))),
        request(
            3,
            2,
            soon(),
            CODEC.arguments(Order.class).toBytes(args(new Order("tea", List.of(1, 2))))),
        request(4, 3, soon(), CODEC.arguments(int.class).toBytes(args(4))),
        bytes(Frames.cancel(2)),
        bytes(Frames.goodbye("enough")),
        reply(1, 1),
        bytes(Frames.error(1, Frames.Code.REJECTED, "no")));
  }

  private static @Nullable Object[] args(@Nullable Object... arguments) {
    return arguments;
  }

  /** How a conversation has ended. */
  private enum End {
    /** The server has answered what came last. */
    ANSWERED,
    /** It has closed the connection. */
    CLOSED
  }

  @Test
  @Timeout(value = THOROUGH_MINUTES, unit = TimeUnit.MINUTES)
  void aServerGoesOnOrSaysWhatIsWrong() throws Exception {
    List<byte[]> valid = requests();
    Transport transport = transport();
    int answered = 0;
    try (RpcServer server =
        RpcServer.builder(transport)
            .codec(CODEC)
            .register(Service.class, new Served())
            .workers(2)
            .start()) {
      for (int i = 0; i < INPUTS; i++) {
        long seed = SEED + i;
        long before = server.stats().broken() + server.stats().refused();
        End end = converse(transport, valid, seed);
        long named = server.stats().broken() + server.stats().refused() - before;
        assertThat(named).as("seed %d: %s", seed, end).isEqualTo(end == End.CLOSED ? 1 : 0);
        answered += end == End.ANSWERED ? 1 : 0;
      }
      RpcContract.until(() -> server.stats().connections() == 0, "all connections have ended");
      assertThat(server.stats().inFlight()).isZero();
      try (RpcClient client = RpcClient.builder(transport).codec(CODEC).connect()) {
        Service service = client.proxy(Service.class, RpcContract.PATIENCE);
        assertThat(service.add(1, 2)).isEqualTo(3);
        assertThat(service.later(4).get(30, TimeUnit.SECONDS)).isEqualTo(4);
      }
      // Were it nearly always one and the same, the rest would not be reached.
      assertThat(answered).isBetween(INPUTS / 20, INPUTS - INPUTS / 20);
      assertThat(server.stats().ok()).isPositive();
      assertThat(server.stats().bad()).isPositive();
      assertThat(server.stats().refused()).isPositive();
    }
  }

  private static End converse(Transport transport, List<byte[]> valid, long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    try (Connection raw = transport.connect(soon())) {
      boolean greeted = random.nextInt(8) != 0;
      try {
        raw.send(greeted ? ByteBuffer.wrap(hello()) : changed(List.of(hello()), random), soon());
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
          boolean asItIs = random.nextInt(4) == 0;
          raw.send(
              asItIs ? ByteBuffer.wrap(valid.get(1 + random.nextInt(5))) : changed(valid, random),
              soon());
        }
        raw.send(ByteBuffer.wrap(request(PROBE, 999, Deadline.none())), soon());
      } catch (TransportTimeoutException e) {
        throw new AssertionError("seed " + seed + ": the server does not read", e);
      } catch (TransportException e) {
        // It has closed: what it has said can be read nevertheless.
      }
      return read(raw, seed);
    }
  }

  private static End read(Connection raw, long seed) throws InterruptedException {
    try {
      ByteBuffer frame;
      while ((frame = raw.receive(soon())) != null) {
        Decoder in = new Decoder(frame);
        int kind = Frames.kind(in);
        switch (kind) {
          case Frames.HELLO, Frames.SERVICE, Frames.REPLY -> {}
          case Frames.GOODBYE -> assertThat(Frames.reason(in)).as("seed %d", seed).isNotBlank();
          case Frames.ERROR -> {
            if (in.readUnsigned() == PROBE) {
              assertThat(Frames.Code.read(in)).isEqualTo(Frames.Code.UNKNOWN_METHOD);
              return End.ANSWERED;
            }
          }
          default -> throw new AssertionError("seed " + seed + ": a message of kind " + kind);
        }
      }
    } catch (TransportTimeoutException e) {
      throw new AssertionError("seed " + seed + ": the server hangs", e);
    } catch (TransportException e) {
      // by the server
    }
    return End.CLOSED;
  }

  // ------------------------------------------------------------------ into a client

  private static byte[] welcome() {
    Encoder out = new Encoder();
    new Frames.Hello("fuzz", CODEC.name()).write(out);
    out.writeUnsigned(1);
    return out.toByteArray();
  }

  private static byte[] services() {
    Encoder out = new Encoder();
    out.writeByte(Frames.SERVICE);
    out.writeString("Box");
    out.writeUnsigned(1);
    out.writeString("get()");
    out.writeInt(CODEC.arguments().fingerprint());
    out.writeInt(CODEC.coder(int.class).fingerprint());
    return out.toByteArray();
  }

  private static byte[] reply(long id, int value) {
    Encoder out = new Encoder();
    out.writeByte(Frames.REPLY);
    out.writeUnsigned(id);
    CODEC.coder(Integer.TYPE).encode(value, out);
    return out.toByteArray();
  }

  private static byte[] thrown(long id) {
    Encoder out = new Encoder();
    out.writeByte(Frames.ERROR);
    out.writeUnsigned(id);
    Frames.Code.REMOTE.write(out);
    ExceptionFrame.write(new IllegalStateException("no", new ArithmeticException("/ 0")), out);
    return out.toByteArray();
  }

  /** What servers send. */
  private static List<byte[]> replies() {
    return List.of(
        welcome(),
        services(),
        reply(1, 1),
        reply(2, 2),
        thrown(1),
        thrown(2),
        bytes(Frames.error(1, Frames.Code.REJECTED, "no")),
        bytes(Frames.error(2, Frames.Code.BAD_RESULT, "none")),
        bytes(Frames.goodbye("enough")),
        bytes(Frames.cancel(1)));
  }

  @Test
  @Timeout(value = THOROUGH_MINUTES, unit = TimeUnit.MINUTES)
  void aClientGetsAResultOrAnErrorWithAName() throws Exception {
    List<byte[]> valid = replies();
    Transport transport = transport();
    int[] connected = new int[1];
    List<String> ends = new ArrayList<>();
    try (Listener listener = transport.listen();
        ExecutorService callers = Executors.newCachedThreadPool()) {
      for (int i = 0; i < INPUTS; i++) {
        long seed = SEED + i;
        SplittableRandom random = new SplittableRandom(seed);
        Future<RpcClient> connecting =
            callers.submit(() -> RpcClient.builder(transport).codec(CODEC).connect());
        try (Connection server = listener.accept(soon())) {
          assertThat(server.receive(soon())).isNotNull();
          boolean greets = random.nextInt(5) != 0;
          serve(server, greets ? List.of(welcome(), services()) : shaken(random));
          if (!greets) {
            server.closeSend(); // or the client may wait for more services
          }
          RpcClient client = outcome(connecting, seed);
          if (client != null) {
            connected[0]++;
            try (client) {
              if (greets) { // else it may be another service that it knows of
                ends.addAll(calls(client, server, callers, valid, random, seed));
              }
            }
          }
        }
      }
    }
    assertThat(connected[0]).isBetween(INPUTS / 2, INPUTS - INPUTS / 20);
    assertThat(ends).contains("result", "RemoteException", "PeerLostException");
  }

  private static List<byte[]> shaken(SplittableRandom random) {
    List<byte[]> greeting = List.of(welcome(), services());
    List<byte[]> sent = new ArrayList<>(greeting);
    sent.set(random.nextInt(2), bytes(changed(greeting, random)));
    return sent;
  }

  private static void serve(Connection server, List<byte[]> messages) throws Exception {
    try {
      for (byte[] message : messages) {
        server.send(ByteBuffer.wrap(message), soon());
      }
    } catch (TransportTimeoutException e) {
      throw new AssertionError("the client does not read", e);
    } catch (TransportException e) {
      // it has closed
    }
  }

  /** Two calls, of which the client is told nonsense, and then the end: how they have ended. */
  private static List<String> calls(
      RpcClient client,
      Connection server,
      ExecutorService callers,
      List<byte[]> valid,
      SplittableRandom random,
      long seed)
      throws Exception {
    List<Future<?>> calls = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      calls.add(
          random.nextBoolean()
              ? client.callAsync("Box", GET, OPTIONS)
              : callers.submit(() -> client.call("Box", GET, OPTIONS)));
    }
    List<byte[]> messages = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      messages.add(
          random.nextInt(4) == 0
              ? valid.get(2 + random.nextInt(6))
              : bytes(changed(valid, random)));
    }
    boolean replies = random.nextBoolean();
    if (replies) {
      messages.add(reply(1, 1));
      messages.add(reply(2, 2));
    }
    for (int i = 0; i < 2; i++) {
      assertThat(server.receive(soon())).as("seed %d: a request", seed).isNotNull();
    }
    serve(server, messages);
    server.closeSend();
    List<String> ends = new ArrayList<>();
    for (Future<?> call : calls) {
      ends.add(outcome(call, seed) == null ? failureOf(call) : "result");
    }
    assertThat(client.pending()).as("seed %d", seed).isEmpty();
    return ends;
  }

  private static String failureOf(Future<?> call) {
    return call.exceptionNow().getClass().getSimpleName();
  }

  /** The result; null if there is an error with a name. */
  private static <T> @Nullable T outcome(Future<T> future, long seed) throws Exception {
    try {
      return future.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      assertThat(cause)
          .as("seed %d", seed)
          .isInstanceOfAny(RpcException.class, RemoteException.class, TransportException.class)
          .isNotInstanceOfAny(CallTimeoutException.class, TransportTimeoutException.class);
      assertThat(cause).as("seed %d", seed).hasMessageNotContaining("reading failed");
      return null;
    }
  }
}
