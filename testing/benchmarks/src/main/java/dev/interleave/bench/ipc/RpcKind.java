// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import dev.interleave.ipc.rpc.RpcClient;
import dev.interleave.ipc.rpc.RpcServer;
import dev.interleave.ipc.transport.Transport;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** Ways to call an {@link Echo}. */
enum RpcKind {
  SHARED_DIRECT("shared memory, direct", Way.SHARED, true),
  SHARED("shared memory, workers", Way.SHARED, false),
  UNIX_DIRECT("Unix socket, direct", Way.UNIX, true),
  TCP_DIRECT("TCP, direct", Way.TCP, true),
  GRPC_TCP("gRPC over TCP, executor", Way.GRPC_TCP, false),
  GRPC_TCP_DIRECT("gRPC over TCP, direct", Way.GRPC_TCP, true),
  GRPC_UNIX("gRPC over a Unix socket, executor", Way.GRPC_UNIX, false),
  GRPC_UNIX_DIRECT("gRPC over a Unix socket, direct", Way.GRPC_UNIX, true),
  MEMORY_DIRECT("memory, by the thread that reads", Way.MEMORY, true),
  MEMORY("memory, workers", Way.MEMORY, false),
  GRPC_MEMORY("gRPC in process, executor", Way.GRPC_MEMORY, false),
  GRPC_MEMORY_DIRECT("gRPC in process, direct", Way.GRPC_MEMORY, true);

  /** How the bytes go. */
  private enum Way {
    SHARED,
    UNIX,
    TCP,
    MEMORY,
    GRPC_TCP,
    GRPC_UNIX,
    GRPC_MEMORY
  }

  private final String label;
  private final Way way;
  private final boolean direct;

  RpcKind(String label, Way way, boolean direct) {
    this.label = label;
    this.way = way;
    this.direct = direct;
  }

  String label() {
    return label;
  }

  /** Whether both sides are in one process. */
  boolean isInProcess() {
    return way == Way.MEMORY || way == Way.GRPC_MEMORY;
  }

  boolean isGrpc() {
    return name().startsWith("GRPC");
  }

  /** A server, and the port where it listens, if it has one. */
  record Serving(int port, Runnable stop) implements AutoCloseable {
    @Override
    public void close() {
      stop.run();
    }
  }

  /**
   * Serves.
   *
   * @param path of a socket, of which the name is used in memory
   */
  Serving serve(Path path) throws Exception {
    if (isGrpc()) {
      ServerBuilder<?> builder =
          switch (way) {
            case GRPC_TCP -> GrpcEcho.tcp();
            case GRPC_UNIX -> GrpcEcho.unix(path);
            default -> GrpcEcho.inProcess(path.toString());
          };
      Server server = GrpcEcho.start(builder, direct);
      return new Serving(Math.max(0, server.getPort()), () -> stop(server));
    }
    RpcServer.Builder builder =
        RpcServer.builder(transport(path, 0)).register(Echo.class, bytes -> bytes);
    if (direct) {
      builder.direct();
    }
    RpcServer server = builder.start();
    String at = server.transport().name();
    int port = way == Way.TCP ? Integer.parseInt(at.substring(at.lastIndexOf(':') + 1)) : 0;
    return new Serving(port, server::close);
  }

  private static void stop(Server server) {
    Server unused = server.shutdownNow();
  }

  Caller connect(Path path, int port) throws Exception {
    if (isGrpc()) {
      ManagedChannelBuilder<?> builder =
          switch (way) {
            case GRPC_TCP -> GrpcEcho.toTcp(port);
            case GRPC_UNIX -> GrpcEcho.toUnix(path);
            default -> GrpcEcho.toInProcess(path.toString());
          };
      return GrpcEcho.connect(builder, direct);
    }
    RpcClient client = RpcClient.connect(transport(path, port));
    Echo echo = client.proxy(Echo.class);
    return new Caller() {
      @Override
      public byte[] call(byte[] bytes) {
        return echo.echo(bytes);
      }

      @Override
      public void close() {
        client.close();
      }
    };
  }

  private Transport transport(Path path, int port) {
    return switch (way) {
      case SHARED -> Transport.sharedMemory(path);
      case UNIX -> Transport.unixSocket(path);
      case MEMORY -> Transport.memory(path.toString());
      default -> Transport.tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    };
  }
}
