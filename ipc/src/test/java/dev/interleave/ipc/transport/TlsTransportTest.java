// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("kit")
class TlsTransportTest extends TransportContract {
  private static SSLContext context;

  @BeforeAll
  static void makeCertificate(@TempDir Path folder) throws Exception {
    context = new Certificates(folder).loopback();
  }

  private static Transport secret(int port, TransportOptions from) {
    TransportOptions options =
        new TransportOptions(
            from.maxFrame(),
            from.bufferBytes(),
            from.checksum(),
            from.allowRemote(),
            from.backlog(),
            from.handshakeTimeout(),
            from.spin(),
            from.linger(),
            from.peerTimeout(),
            Tls.of(context));
    return Transport.tcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), options);
  }

  @Override
  Transport transport(TransportOptions options) {
    return secret(0, options);
  }

  @Override
  Transport sameAddress(Transport address, TransportOptions options) {
    String name = address.name();
    return secret(Integer.parseInt(name.substring(name.lastIndexOf(':') + 1)), options);
  }
}
