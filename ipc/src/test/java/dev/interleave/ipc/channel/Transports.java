// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.ipc.transport.Connection;
import dev.interleave.ipc.transport.Listener;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Where connections for tests of channels come from: every kind there is. */
enum Transports {
  MEMORY {
    @Override
    Transport transport(Path folder, TransportOptions options) {
      return Transport.memory("channel-" + NAMES.incrementAndGet(), options);
    }
  },
  SHARED_MEMORY {
    @Override
    Transport transport(Path folder, TransportOptions options) {
      return Transport.sharedMemory(folder.resolve("m" + NAMES.incrementAndGet()), options);
    }
  },
  UNIX_SOCKET {
    @Override
    Transport transport(Path folder, TransportOptions options) {
      return Transport.unixSocket(folder.resolve("u" + NAMES.incrementAndGet()), options);
    }
  },
  TCP {
    @Override
    Transport transport(Path folder, TransportOptions options) {
      return Transport.tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), options);
    }
  };

  private static final AtomicInteger NAMES = new AtomicInteger();

  /** Small, so that a test fills them soon. */
  static final TransportOptions SMALL =
      TransportOptions.builder()
          .bufferBytes(8192)
          .maxFrame(2048)
          .linger(Duration.ofMillis(100))
          .build();

  abstract Transport transport(Path folder, TransportOptions options);

  record Pair(Connection here, Connection there) {}

  Pair connect(Path folder, TransportOptions options) throws Exception {
    try (Listener listener = transport(folder, options).listen()) {
      Deadline soon = EndpointContract.soon();
      Connection here = listener.transport().connect(soon);
      return new Pair(here, listener.accept(soon));
    }
  }
}
