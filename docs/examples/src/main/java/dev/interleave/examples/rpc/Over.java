// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.rpc;

import dev.interleave.ipc.transport.JmsTransport;
import dev.interleave.ipc.transport.Transport;
import dev.interleave.ipc.transport.TransportOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** The one switch: over what the calls go. */
enum Over {
  THREADS,
  SHARED_MEMORY,
  UNIX_SOCKET,
  TCP,
  TLS,
  BROKER;

  private static final AtomicInteger NAMES = new AtomicInteger();

  /** An address of its own at which nobody listens yet. */
  Transport at(Place place) throws Exception {
    String name = "examples-" + NAMES.incrementAndGet();
    return switch (this) {
      case THREADS -> Transport.memory(name);
      case SHARED_MEMORY -> Transport.sharedMemory(place.folder().resolve(name));
      case UNIX_SOCKET -> Transport.unixSocket(place.folder().resolve(name));
      case TCP -> Transport.tcp(anyPort());
      case TLS ->
          Transport.tcp(anyPort(), TransportOptions.builder().tls(place.certificate()).build());
      case BROKER -> new JmsTransport(place.broker(), name);
    };
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }
}
