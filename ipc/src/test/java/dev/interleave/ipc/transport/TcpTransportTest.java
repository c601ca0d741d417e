// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Tag;

@Tag("kit")
class TcpTransportTest extends TransportContract {
  @Override
  Transport transport(TransportOptions options) {
    return Transport.tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), options);
  }

  @Override
  Transport sameAddress(Transport address, TransportOptions options) {
    String name = address.name();
    int port = Integer.parseInt(name.substring(name.lastIndexOf(':') + 1));
    return Transport.tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), options);
  }
}
