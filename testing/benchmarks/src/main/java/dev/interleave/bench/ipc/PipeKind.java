// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.bench.ipc;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Listener;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportOptions;
import io.aeron.driver.MediaDriver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntConsumer;

/** What carries messages from one process to another. */
enum PipeKind {
  SHARED("shared memory"),
  UNCHECKED("shared memory, no checksums"),
  UNIX("Unix socket"),
  TCP("TCP"),
  AERON("Aeron IPC, spinning"),
  BARE_UNIX("bare Unix socket"),
  BARE_TCP("bare TCP");

  private final String label;

  PipeKind(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  List<String> jvmArguments() {
    return this == AERON ? List.of(AeronPipe.JVM_ARGUMENTS) : List.of();
  }

  /** Waits for one client; tells the port, or 0, as soon as one can come. */
  Pipe accept(Path path, IntConsumer ready) throws Exception {
    switch (this) {
      case AERON -> {
        MediaDriver driver = AeronPipe.driver(path);
        ready.accept(0);
        Pipe pipe = AeronPipe.connect(path, true);
        Runtime.getRuntime().addShutdownHook(new Thread(driver::close));
        return pipe;
      }
      case BARE_UNIX, BARE_TCP -> {
        try (ServerSocketChannel server =
            this == BARE_UNIX
                ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                    .bind(UnixDomainSocketAddress.of(path))
                : ServerSocketChannel.open()
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
          ready.accept(
              server.getLocalAddress() instanceof InetSocketAddress address
                  ? address.getPort()
                  : 0);
          return socket(server.accept());
        }
      }
      default -> {
        try (Listener listener = transport(path, 0).listen()) {
          String name = listener.transport().name();
          ready.accept(
              this == TCP ? Integer.parseInt(name.substring(name.lastIndexOf(':') + 1)) : 0);
          return new TransportPipe(listener.accept(Deadline.none()));
        }
      }
    }
  }

  Pipe connect(Path path, int port) throws Exception {
    InetSocketAddress tcp = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    SocketAddress unix = UnixDomainSocketAddress.of(path);
    return switch (this) {
      case AERON -> AeronPipe.connect(path, false);
      case BARE_UNIX -> socket(SocketChannel.open(unix));
      case BARE_TCP -> socket(SocketChannel.open(tcp));
      default -> new TransportPipe(transport(path, port).connect(Deadline.none()));
    };
  }

  private Pipe socket(SocketChannel channel) throws Exception {
    if (this == BARE_TCP) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
    return new SocketPipe(channel);
  }

  private Transport transport(Path path, int port) {
    return switch (this) {
      case UNIX -> Transport.unixSocket(path);
      case TCP -> Transport.tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      case UNCHECKED ->
          Transport.sharedMemory(path, TransportOptions.builder().checksum(false).build());
      default -> Transport.sharedMemory(path);
    };
  }
}
