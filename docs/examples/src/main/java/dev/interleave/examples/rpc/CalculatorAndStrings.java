// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.rpc;

import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.examples.rpc.Services.Calculating;
import dev.interleave.examples.rpc.Services.Calculator;
import dev.interleave.examples.rpc.Services.Strings;
import dev.interleave.ipc.rpc.BadArgumentException;
import dev.interleave.ipc.rpc.CallOptions;
import dev.interleave.ipc.rpc.CallRejectedException;
import dev.interleave.ipc.rpc.CallTimeoutException;
import dev.interleave.ipc.rpc.PeerLostException;
import dev.interleave.ipc.rpc.RemoteException;
import dev.interleave.ipc.rpc.RpcClient;
import dev.interleave.ipc.rpc.RpcMethod;
import dev.interleave.ipc.rpc.RpcServer;
import dev.interleave.ipc.rpc.RpcServerStats;
import dev.interleave.ipc.rpc.ServiceMismatchException;
import dev.interleave.ipc.rpc.UnknownMethodException;
import dev.interleave.ipc.transport.Transport;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/** Two services, three clients, and each way in which a call can end, over each transport. */
public final class CalculatorAndStrings implements Example {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final RpcMethod SLOW = RpcMethod.of("slowFactorial", long.class, int.class);

  /** Made by the tour. */
  public CalculatorAndStrings() {}

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new CalculatorAndStrings());
  }

  @Override
  public String shows() {
    return "A calculator and a service for strings, called as if they were here: over threads,"
        + " shared memory, a Unix socket, TCP, TLS and a message broker by one switch, with the"
        + " same results and the same errors. A slow call delays nobody.";
  }

  @Override
  public List<Class<?>> sources() {
    return List.of(getClass(), Services.class, Over.class, Place.class);
  }

  @Override
  public String run(PrintStream out) throws Exception {
    try (Place place = new Place()) {
      for (Over over : Over.values()) {
        Calculating calculating = new Calculating();
        try (RpcServer server =
            RpcServer.builder(over.at(place))
                .name("services")
                .register(Calculator.class, calculating)
                .register(Strings.class, new Services.Text())
                .limit(Calculator.class, "slowFactorial", 1)
                .workers(4)
                .start()) {
          calls(server, calculating);
          failures(server);
          waiting(over.at(place));
          out.printf(
              "%s: %d calls replied to, %d of them with an exception%n",
              over, server.stats().ok() + server.stats().failed(), server.stats().failed());
        }
      }
    }
    return "18 calls of 3 clients, beside a slow one, and 9 failures told apart: over 6 transports";
  }

  /** Three clients make six calls each while a slow one runs. */
  private static void calls(RpcServer server, Calculating calculating) throws Exception {
    try (RpcClient patient = RpcClient.connect(server.transport());
        Crew crew = new Crew()) {
      CompletableFuture<?> slow =
          patient.callAsync("Calculator", SLOW, CallOptions.unset().withTimeout(PATIENCE), 20);
      for (int i = 1; i <= 3; i++) {
        crew.platform("client-" + i, () -> sixCalls(server));
      }
      crew.join();
      Expect.that("the slow one still runs", !slow.isDone());
      calculating.letGo();
      Expect.equal("20!", 2_432_902_008_176_640_000L, slow.join());
    }
    Expect.equal("replied to", 19L, server.stats().ok());
  }

  private static void sixCalls(RpcServer server) throws Exception {
    try (RpcClient client = RpcClient.connect(server.transport())) {
      Calculator calculator = client.proxy(Calculator.class, PATIENCE);
      Strings strings = client.proxy(Strings.class, PATIENCE);
      Expect.equal("10 + 5", 15L, calculator.add(10, 5));
      Expect.equal("6 * 7", 42L, calculator.multiply(6, 7));
      Expect.equal("20 / 4", 5.0, calculator.divide(20, 4));
      Expect.equal("reversed", "dlroW olleH", strings.reverse("Hello World"));
      Expect.equal("in capitals", "HELLO", strings.upperCase("hello"));
      Expect.equal("5!", 120L, calculator.factorial(5));
    }
  }

  @SuppressWarnings("UnusedMethod") // it is looked at, and refused
  private interface Wrong {
    int add(long a, long b);
  }

  /** Each is an exception of its own. */
  private static void failures(RpcServer server) throws Exception {
    try (RpcClient client = RpcClient.connect(server.transport())) {
      Calculator calculator = client.proxy(Calculator.class, PATIENCE);
      RemoteException zero = Expect.thrown(RemoteException.class, () -> calculator.divide(1, 0));
      Expect.that("its class is known", zero.isA(ArithmeticException.class));
      Expect.equal("its message", "division by zero", zero.remoteMessage().orElse(""));
      RemoteException negative =
          Expect.thrown(RemoteException.class, () -> calculator.factorial(-1));
      Expect.equal("class", IllegalArgumentException.class.getName(), negative.remoteClass());

      RpcMethod power = RpcMethod.of("power", long.class, long.class, long.class);
      Expect.contains(
          "power",
          Expect.thrown(
                  UnknownMethodException.class, () -> client.call("Calculator", power, 2L, 3L))
              .getMessage());
      Expect.thrown(
          ServiceMismatchException.class,
          () -> client.proxy("Calculator", Wrong.class, CallOptions.unset()));
      RpcMethod add = RpcMethod.of("add", long.class, long.class, long.class);
      Expect.thrown(BadArgumentException.class, () -> client.call("Calculator", add, 2L, "two"));
    }
  }

  /** Of calls that would take long: on a server of its own, where nobody lets them go on. */
  private static void waiting(Transport transport) throws Exception {
    RpcServer server =
        RpcServer.builder(transport)
            .register(Calculator.class, new Calculating())
            .limit(Calculator.class, "slowFactorial", 1)
            .workers(2)
            .start();
    try (RpcClient client = RpcClient.connect(server.transport())) {
      Calculator hasty = client.proxy(Calculator.class, Duration.ofMillis(20));
      Expect.thrown(CallTimeoutException.class, () -> hasty.slowFactorial(5));
      Expect.soon("it has ended there, too", () -> nothingRuns(server)); // until then it counts

      CallOptions patient = CallOptions.unset().withTimeout(PATIENCE);
      CompletableFuture<?> cancelled = client.callAsync("Calculator", SLOW, patient, 5);
      Expect.soon("it runs", () -> server.stats().inFlight() == 1);
      Expect.contains(
          "limit",
          Expect.thrown(
                  CallRejectedException.class, () -> client.call("Calculator", SLOW, patient, 6))
              .getMessage());
      Expect.that("cancelled", cancelled.cancel(true));
      Expect.thrown(CancellationException.class, cancelled::join);
      Expect.soon("the handler was interrupted", () -> nothingRuns(server));

      Calculator calculator = client.proxy(Calculator.class, PATIENCE);
      server.close();
      Expect.soon("the client knows", () -> !client.stats().connected());
      Expect.thrown(PeerLostException.class, () -> calculator.add(1, 1));
    } finally {
      server.close();
    }
  }

  private static boolean nothingRuns(RpcServer server) {
    RpcServerStats stats = server.stats();
    return stats.inFlight() == 0 && stats.pool().active() == 0;
  }
}
