// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import dev.interleave.ipc.transport.ChildJvm;
import dev.interleave.ipc.transport.Transport;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** The other process of {@link RpcTwoProcessesTest}: a server or a client, until it is killed. */
final class RpcChild {
  /** Longer than any test: what ends such a call is not its deadline. */
  static final Duration AN_HOUR = Duration.ofHours(1);

  /** How many calls of each kind a process makes that never end by themselves. */
  static final int HELD = 3;

  private RpcChild() {}

  interface Work {
    long add(long a, long b);

    /** Does not return. */
    long hold(int number);

    /** Is never completed. */
    CompletableFuture<Long> never(int number);
  }

  static final class Worker implements Work {
    @Override
    public long add(long a, long b) {
      return a + b;
    }

    @Override
    public long hold(int number) {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted", e);
      }
      return number;
    }

    @Override
    public CompletableFuture<Long> never(int number) {
      return new CompletableFuture<>();
    }
  }

  static RpcServer.Builder server(Transport transport, Work work) {
    return RpcServer.builder(transport)
        .lookup(MethodHandles.lookup())
        .register(Work.class, work)
        .virtualWorkers(100);
  }

  /** Takes {@code serve} or {@code call}, and the kind and address of the transport. */
  public static void main(String[] args) throws Exception {
    Transport transport = ChildJvm.transport(args[1], args[2]);
    if (args[0].equals("serve")) {
      RpcServer server = server(transport, new Worker()).start();
      System.out.println("serves");
      new CountDownLatch(1).await();
      server.close();
    } else {
      try (RpcClient client = RpcClient.connect(transport)) {
        Work work = client.proxy(Work.class, AN_HOUR);
        for (int i = 0; i < HELD; i++) {
          int number = i;
          Thread.ofPlatform().daemon().start(() -> work.hold(number));
          CompletableFuture<Long> unused = work.never(i);
        }
        long unused = work.add(0, 1);
        System.out.println("calls");
        for (long i = 1; ; i++) {
          unused = work.add(i, 1);
        }
      }
    }
  }
}
